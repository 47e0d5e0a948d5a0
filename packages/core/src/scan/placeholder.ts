// All parameter markers of a statement.

import type { Cursor } from './cursor.ts'
import type { Placeholder } from './statement.ts'
import { tk } from './token.ts'

export function placeholders(cursor: Cursor): Placeholder[] {
  const { kind, start, end, aux, sql } = cursor.tokens
  const found: Placeholder[] = []
  for (let index = 0; index < cursor.stop; index++) {
    if (kind[index] !== tk.placeholder) continue
    const range = { start: start[index] as number, end: end[index] as number }
    const named = cursor.grammar.orConflict && /[:@$][^]/.test(sql.slice(range.start, range.start + 2))
    found.push({
      range,
      param: aux[index] as number,
      name: named ? sql.slice(range.start + 1, range.end) : null,
    })
  }
  return found
}

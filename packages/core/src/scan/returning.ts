// The RETURNING clause.

import type { Cursor } from './cursor.ts'
import { kw } from './keyword.ts'
import { eachItem } from './list.ts'
import type { Range, Returning } from './statement.ts'
import { mark } from './token.ts'

/** The clause of tokens [from, to), the first of which is the word RETURNING. */
export function returning(cursor: Cursor, from: number, to: number): Returning {
  const { tokens } = cursor
  let first = from + 1
  // PostgreSQL 18: RETURNING WITH (OLD AS o, NEW AS n) list
  if (tokens.code[first] === kw.WITH && tokens.code[first + 1] === mark.open) first = cursor.after(first + 1)
  if (first >= to) cursor.refuse()
  const items: Range[] = []
  let star = false
  eachItem(cursor, first, to, (itemFrom, itemTo) => {
    items.push(cursor.range(itemFrom, itemTo))
    const before = itemTo - 2
    if (tokens.code[itemTo - 1] === mark.star && (before < itemFrom || tokens.code[before] === mark.dot))
      star = true
  })
  return { range: cursor.range(from, to), listRange: cursor.range(first, to), items, star }
}

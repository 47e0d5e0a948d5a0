// For tests only: the piece of a text that a range names.

import type { Range } from './statement.ts'

export function cut(sql: string, range: Range | null): string | null {
  return range === null ? null : sql.slice(range.start, range.end)
}

// Comma-separated lists between brackets or clause words.

import type { Cursor } from './cursor.ts'
import { mark } from './token.ts'

/**
 * Calls `item` with the token span of each item of the list at tokens [from, to). Commas inside brackets
 * don't separate. An empty list has no item; an empty item is refused.
 */
export function eachItem(
  cursor: Cursor,
  from: number,
  to: number,
  item: (from: number, to: number) => void,
): void {
  if (from >= to) return
  const { code, match } = cursor.tokens
  let first = from
  let index = from
  while (index < to) {
    if (code[index] === mark.comma) {
      if (index === first) cursor.refuse()
      item(first, index)
      first = ++index
      continue
    }
    const partner = match[index] as number
    index = partner > index ? partner + 1 : index + 1
  }
  if (first >= to) cursor.refuse()
  item(first, to)
}

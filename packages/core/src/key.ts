// The key of a row as canonical text, and the lock stripe it belongs to (PROTOCOL section 1).
// Both sides hold the same text for the same row (W4).

/**
 * Canonical text of a row's key: the text of its one column, or the texts of a composite key in the key's
 * column order, joined by `|` with `~` as escape (simple enough to be made inside a database, too).
 */
export type Key = string

/** Canonical text of each key column, in the key's order, to one key. */
export function encodeKey(parts: readonly string[]): Key {
  if (parts.length === 1) return parts[0]!
  return parts.map((part) => part.replaceAll('~', '~~').replaceAll('|', '~p')).join('|')
}

/** The key columns' canonical texts. `width` is the number of columns of the key. */
export function decodeKey(key: Key, width: number): string[] {
  if (width === 1) return [key]
  return key.split('|').map((part) => part.replace(/~([~p])/g, (_, escaped) => (escaped === 'p' ? '|' : '~')))
}

/** Number of rows of the lock stripe table; fixed at installation for the life of a migration. */
export const stripeCount = 1024

/** Whoever holds all of them holds every row of every table. */
export const allStripes: readonly number[] = Array.from({ length: stripeCount }, (_, index) => index)

/**
 * The lock stripe of a row. Two spellings of one key (case, accents, trailing blanks, leading zeros)
 * must never get two stripes, since the engines disagree about equality; collisions are harmless.
 */
export function stripeOf(table: string, key: Key): number {
  const text = `${table}\u0000${fold(key)}`
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash ^= text.charCodeAt(index)
    hash = Math.imul(hash, 0x01000193)
  }
  return (hash >>> 0) % stripeCount
}

const number = /^[1-9][0-9]*$/
const plain = /^[0-9a-f-]*$/

function fold(key: Key): string {
  if (number.test(key)) return key
  const folded = plain.test(key)
    ? key
    : key
        .normalize('NFKD')
        .replace(/\p{M}+/gu, '')
        .toUpperCase()
        .toLowerCase()
        .replace(/[\s\u0000]+/gu, '')
  return folded.replace(/(^|[^0-9])0+(?=[0-9])/g, '$1')
}

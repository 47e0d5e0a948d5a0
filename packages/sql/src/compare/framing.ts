// How rows stand in a stream of bytes: where each ends, and which texts it begins with.

export interface Framing {
  /** Bytes of the whole rows at the beginning. */
  whole(bytes: Buffer): number
  /** Bytes of the first row; null when it has not come whole. */
  first(bytes: Buffer): number | null
  /** The first values of a row, none of which is NULL. */
  values(row: Buffer, count: number): string[]
}

const [tab, lineEnd] = [9, 10]
const escaped = /\\([\s\S])/g
const letters: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

/** Lines of text (see `Lines`). */
export const lineFraming: Framing = {
  whole: (bytes) => bytes.lastIndexOf(lineEnd) + 1,

  first: (bytes) => {
    const end = bytes.indexOf(lineEnd)
    return end < 0 ? null : end + 1
  },

  values: (row, count) => {
    const values: string[] = []
    for (let start = 0; values.length < count;) {
      const next = row.indexOf(tab, start)
      const end = next < 0 ? row.length - 1 : next
      const text = row.toString('utf8', start, end)
      values.push(text.replace(escaped, (_, letter: string) => letters[letter] ?? letter))
      start = end + 1
    }
    return values
  },
}

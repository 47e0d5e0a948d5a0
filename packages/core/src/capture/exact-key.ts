// Keys that an UPDATE or DELETE names itself, `WHERE id = 5` or `IN (..)`, where their text is beyond doubt: no other
// row can be touched, so nothing has to be read.

import type { Key } from '../key.ts'
import { encodeKey } from '../key.ts'
import type { SideTable } from '../mapping/side-table.ts'
import { keyPredicate } from '../scan/scan.ts'
import type { DeleteScan, KeyMatch, UpdateScan } from '../scan/statement.ts'
import { provenMatch } from './proven-text.ts'

/** More keys than that are read: most of them may not exist. */
const most = 1_000

/** The keys named by WHERE; null when it names none, or not beyond doubt. */
export class ExactKey {
  readonly #table: SideTable
  readonly #match: KeyMatch | null

  constructor(table: SideTable, scan: UpdateScan | DeleteScan) {
    this.#table = table
    this.#match = keyPredicate(
      scan,
      table.key.map(({ name }) => name),
    )
  }

  /** At least the keys of the rows that the statement touches. */
  keys(bindings: readonly unknown[]): Key[] | null {
    if (this.#match === null) return null
    let tuples: string[][] = [[]]
    for (const [index, column] of this.#table.key.entries()) {
      const texts: string[] = []
      for (const value of this.#match.values[index]!) {
        const text = provenMatch(column, value, bindings)
        if (text === null) return null
        texts.push(text)
      }
      if (tuples.length * texts.length > most) return null
      tuples = tuples.flatMap((tuple) => texts.map((text) => [...tuple, text]))
    }
    return tuples.map(encodeKey)
  }
}

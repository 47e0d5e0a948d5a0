// A change says that one row was touched in one transaction; it carries the key and never the row
// (DESIGN section 3). A change set is what one transaction touched. Upholds W2: a savepoint
// rollback cuts the set back to what it held at the savepoint.

import { TwinwriteError } from './errors.ts'
import type { Key } from './key.ts'

export type ChangeOp = 'insert' | 'update' | 'delete'

/** One touched row. `table` is the name of the table mapping, not of a database table. */
export interface Change {
  readonly table: string
  readonly key: Key
  readonly op: ChangeOp
}

/** The changes of one transaction in order of execution, with savepoints. */
export class ChangeSet {
  #changes: Change[] = []
  #savepoints: { name: string; length: number }[] = []

  /** An empty one in which the same savepoints are set. */
  beside(): ChangeSet {
    const other = new ChangeSet()
    other.#savepoints = this.#savepoints.map(({ name }) => ({ name, length: 0 }))
    return other
  }

  get size(): number {
    return this.#changes.length
  }

  add(changes: readonly Change[]): void {
    for (const change of changes) this.#changes.push(change)
  }

  savepoint(name: string): void {
    this.#savepoints.push({ name, length: this.#changes.length })
  }

  /** Forgets the savepoint and those set after it; their changes stay. */
  release(name: string): void {
    this.#savepoints.length = this.#indexOf(name)
  }

  /** Drops what was added since the savepoint, which itself stays set (as in every engine here). */
  rollbackTo(name: string): void {
    const index = this.#indexOf(name)
    this.#changes.length = this.#savepoints[index]!.length
    this.#savepoints.length = index + 1
  }

  /** Each touched row once, with its latest op. */
  distinct(): Change[] {
    const byRow = new Map<string, Change>()
    for (const change of this.#changes) byRow.set(`${change.table}\u0000${change.key}`, change)
    return [...byRow.values()]
  }

  #indexOf(name: string): number {
    const index = this.#savepoints.findLastIndex((savepoint) => savepoint.name === name)
    if (index < 0)
      throw new TwinwriteError('TW_SAVEPOINT_UNKNOWN', `no savepoint "${name}" in this transaction`)
    return index
  }
}

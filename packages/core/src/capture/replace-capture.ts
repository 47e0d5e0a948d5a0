// MySQL and MariaDB: REPLACE where rows may stand in the way by another unique key than the row's own, or where
// removing a row takes children along. The rows in the way are read and locked first. Under READ COMMITTED somebody may
// commit another one in between: the affected count tells, and the statement is taken back and tried again.
// Upholds W1, W10 (failure cases j, k; facts, section 4, rule 5).

import type { Change } from '../change.ts'
import { decodeKey, type Key } from '../key.ts'
import type { SideTable } from '../mapping/side-table.ts'
import type { InsertScan } from '../scan/statement.ts'
import type { Statement } from '../statement.ts'
import type { Captured, CaptureRequest } from './capture.ts'
import type { CapturePlan } from './capture-plan.ts'
import { evaluateCells, type Evaluated } from './evaluated-cells.ts'
import { expandActions, type Reaction, referencedColumns } from './foreign-key-actions.ts'
import { type GivenUniques, givenUniques } from './given-uniques.ts'
import { InsertCapture } from './insert-capture.ts'
import type { InsertRows } from './insert-rows.ts'
import { readByValues } from './read-given.ts'
import { type ReadRow, readRows } from './read-rows.ts'
import { refusal } from './refusal.ts'
import { type ComparableUnique, keyAsUnique, otherUniques } from './unique-values.ts'

const construct = 'REPLACE'
const tries = 5
const savepoint: Statement = { sql: 'SAVEPOINT `_tw_replace`', bindings: [] }
const takeBack: Statement = { sql: 'ROLLBACK TO SAVEPOINT `_tw_replace`', bindings: [] }
const release: Statement = { sql: 'RELEASE SAVEPOINT `_tw_replace`', bindings: [] }

export class ReplaceCapture implements CapturePlan {
  readonly #scan: InsertScan
  readonly #table: SideTable
  readonly #rows: InsertRows
  readonly #reactions: readonly Reaction[]
  readonly #others: readonly ComparableUnique[]
  readonly #insert: InsertCapture

  constructor(table: SideTable, scan: InsertScan, rows: InsertRows, reactions: readonly Reaction[]) {
    this.#scan = scan
    this.#table = table
    this.#rows = rows
    this.#reactions = reactions
    this.#others = otherUniques(table, construct)
    this.#insert = new InsertCapture(table, scan, rows)
  }

  async capture<R>(request: CaptureRequest<R>): Promise<Captured<R>> {
    const { bindings } = request.call
    // Rows that go by the key itself come back under it, unless children go with them or its spelling changes.
    const byKey = this.#reactions.length > 0 || this.#table.key.some(({ foldsText }) => foldsText)
    const uniques = byKey || this.#others.length > 0 ? [keyAsUnique(this.#table), ...this.#others] : []
    const given = givenUniques(this.#table, uniques, this.#rows, bindings, construct)
    const meets =
      given.groups.some(({ unique }) => this.#others.includes(unique)) || (byKey && given.groups.length > 0)
    if (!meets) return this.#insert.capture(request)
    const evaluated = await evaluateCells(request, this.#table.mapping, this.#scan, given.computed)
    return this.#evicting(request, given, evaluated)
  }

  fold(): null {
    return null
  }

  async #evicting<R>(
    request: CaptureRequest<R>,
    given: GivenUniques,
    evaluated: Evaluated,
  ): Promise<Captured<R>> {
    const { side, connection } = request
    const { mapping } = this.#table
    const extras = referencedColumns(this.#table, this.#reactions)
    const keys = await this.#insert.prepare(request, evaluated)
    await connection.own(savepoint)
    for (let left = tries; left > 0; left--) {
      const evicted = await readByValues(
        request,
        this.#scan,
        this.#table,
        given.groups,
        evaluated,
        extras,
        'locked',
      )
      const children = await expandActions(side, connection, this.#table, this.#reactions, evicted)
      const response = await this.#insert.run(request, evaluated)
      const inserted = await keys.find(request, response)
      const affected = connection.shape.affected(response)
      if (
        !this.#foretold(affected, evicted.length) &&
        !(await this.#explained(request, affected, evicted, inserted))
      ) {
        await connection.own(takeBack)
        continue
      }
      await connection.own(release)
      const known = new Set(inserted)
      const gone = evicted.map(({ key }) => key).filter((key) => !known.has(key))
      const changes: Change[] = [
        ...children,
        ...gone.map((key): Change => ({ table: mapping, key, op: 'delete' })),
        ...inserted.map((key): Change => ({ table: mapping, key, op: 'insert' })),
      ]
      return { response, changes }
    }
    throw refusal(mapping, 'REPLACE whose evicted rows changed while it ran', 'Run it again.')
  }

  /** Rows of one statement that evict each other are counted, too: each given row that is gone again. */
  async #explained<R>(
    { side, connection }: CaptureRequest<R>,
    affected: number,
    evicted: readonly ReadRow[],
    inserted: readonly Key[],
  ): Promise<boolean> {
    if (this.#rows.count === 1) return false
    const tuples = inserted.map((key) => decodeKey(key, this.#table.key.length))
    const left = await readRows(side, connection, this.#table, this.#table.key, tuples, [], 'written')
    return affected === this.#rows.count + evicted.length + this.#rows.count - left.length
  }

  /** A row that is replaced by an equal one may not be counted, where the key is the only unique one. */
  #foretold(affected: number, evicted: number): boolean {
    const expected = this.#rows.count + evicted
    return this.#others.length > 0 ? affected === expected : affected <= expected
  }
}

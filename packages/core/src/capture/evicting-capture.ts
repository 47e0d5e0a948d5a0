// SQLite's REPLACE and INSERT OR REPLACE: rows that stand in the way by any unique key go without a word. They are
// read before the statement; the transaction holds the write lock, so nobody changes them in between.
// Upholds W10 (failure cases j, k).

import type { Change } from '../change.ts'
import type { InsertScan } from '../scan/statement.ts'
import type { Captured, CaptureRequest, CaptureSide } from './capture.ts'
import type { FoldedWrite } from '../write/write-side.ts'
import type { CapturePlan } from './capture-plan.ts'
import { expandActions, type Reaction, referencedColumns } from './foreign-key-actions.ts'
import { insertedColumns, type InsertRows, insertRows } from './insert-rows.ts'
import { type ReadRow, RowReader } from './read-rows.ts'
import { refusal } from './refusal.ts'
import type { ReturningCapture } from './returning-capture.ts'
import { SqlText } from './sql-text.ts'
import { addEquals, type ComparableUnique, keyAsUnique, otherUniques, uniqueValues } from './unique-values.ts'
import { sameColumn, type WrittenTable } from './written-table.ts'

const construct = 'REPLACE'
/** Conditions in one SELECT: SQLite nests them, 1,000 deep at most. */
const rowsPerRead = 200
const random = /\brandom(blob)?\s*\(/i

export class EvictingCapture implements CapturePlan {
  readonly #scan: InsertScan
  readonly #written: WrittenTable
  readonly #reactions: readonly Reaction[]
  readonly #returning: ReturningCapture
  readonly #uniques: readonly ComparableUnique[]
  readonly #rows: InsertRows | null
  readonly #reader: RowReader

  constructor(
    side: CaptureSide,
    written: WrittenTable,
    scan: InsertScan,
    reactions: readonly Reaction[],
    returning: ReturningCapture,
  ) {
    const { table } = written
    if (scan.placeholders.some(({ name }) => name !== null)) {
      throw refusal(table.mapping, `${construct} with named parameters`, 'Use positional parameters.')
    }
    this.#scan = scan
    this.#written = written
    this.#reactions = reactions
    this.#returning = returning
    this.#uniques = [keyAsUnique(table), ...otherUniques(table, construct)]
    this.#rows = insertRows(side, table, scan)
    this.#reader = new RowReader(side, table, null, referencedColumns(table, reactions))
  }

  async capture<R>(request: CaptureRequest<R>): Promise<Captured<R>> {
    const { side, connection } = request
    const { table } = this.#written
    if (random.test(request.call.sql)) throw refusal(table.mapping, `${construct} with random()`)
    const evicted = new Map<string, ReadRow>()
    for (const text of this.#reads(request)) {
      const response = await connection.own(text.build())
      for (const row of connection.shape.rows(response)) {
        const read = this.#reader.read(row)
        evicted.set(read.key, read)
      }
    }
    const children = await expandActions(side, connection, table, this.#reactions, [...evicted.values()])
    const { response, changes } = await this.#returning.capture(request)
    const inserted = new Set(changes.map(({ key }) => key))
    const gone = [...evicted.keys()].filter((key) => !inserted.has(key))
    return {
      response,
      changes: [
        ...children,
        ...gone.map((key): Change => ({ table: table.mapping, key, op: 'delete' })),
        ...changes,
      ],
    }
  }

  fold<R>(): FoldedWrite<R> | null {
    return null
  }

  #reads<R>(request: CaptureRequest<R>): SqlText[] {
    const { side, call } = request
    const begin = (): SqlText => new SqlText(side.dialect, call, this.#scan.placeholders, 'extract')
    const from = `SELECT ${this.#reader.list} FROM ${side.dialect.table(this.#written.table.table)} WHERE `
    if (this.#rows === null) return [this.#readOfSelect(side, begin(), from)]
    const texts: SqlText[] = []
    let count = 0
    for (let row = 0; row < this.#rows.count; row++) {
      for (const unique of this.#uniques) {
        const values = uniqueValues(this.#written.table, unique, this.#rows, row, call.bindings, construct)
        if (values === null) continue
        if (count % rowsPerRead === 0) texts.push(begin().add(from))
        else texts.at(-1)!.add(' OR ')
        count++
        const text = texts.at(-1)!
        addEquals(text, side, unique.columns, values, (_, value) => text.copy(value.range))
      }
    }
    return texts
  }

  #readOfSelect(side: CaptureSide, text: SqlText, from: string): SqlText {
    const { table } = this.#written
    const given = insertedColumns(table, this.#scan)
    const names = given.map((_, index) => `c${index}`)
    text
      .add(`WITH "_tw_s"(${names.join(', ')}) AS (`)
      .copy(this.#scan.source.range)
      .add(`) ${from}1=0`)
    for (const { columns } of this.#uniques) {
      const positions = columns.map(({ name }) => given.findIndex((one) => sameColumn(side, one, name)))
      if (positions.some((position) => position < 0)) {
        if (
          columns.every(({ counter, hasDefault }, index) => positions[index]! >= 0 || counter || !hasDefault)
        )
          continue
        throw refusal(table.mapping, `${construct} .. SELECT that leaves a unique column to its default`)
      }
      const own = columns.map(({ name }) => side.dialect.quote(name)).join(', ')
      text.add(
        ` OR (${own}) IN (SELECT ${positions.map((position) => names[position]).join(', ')} FROM "_tw_s")`,
      )
    }
    return text
  }
}

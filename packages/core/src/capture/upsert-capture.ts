// MySQL and MariaDB: INSERT .. ON DUPLICATE KEY UPDATE. For one row the reported id is that of the row, inserted or met.
// For many it is the first generated one, or that of the last row met, or nothing; so the rows are read back by every
// unique key for which values were given. Rows are found by values that the update left alone; an update of others is
// refused. A generated id can meet a row, too, which somebody else has just put there. Upholds W1, W10 (failure cases
// j, k). https://dev.mysql.com/doc/c-api/9.0/en/mysql-insert-id.html

import type { Change } from '../change.ts'
import type { Column } from '../catalog.ts'
import type { Key } from '../key.ts'
import type { SideTable } from '../mapping/side-table.ts'
import type { InsertScan } from '../scan/statement.ts'
import type { Captured, CaptureRequest, CaptureSide } from './capture.ts'
import type { CapturePlan } from './capture-plan.ts'
import { reactionsTo } from './foreign-key-actions.ts'
import { evaluateCells } from './evaluated-cells.ts'
import { greatestId, idText } from './generated-ids.ts'
import { isTooLong } from './given-cells.ts'
import { type GivenUniques, givenUniques } from './given-uniques.ts'
import { InsertCapture } from './insert-capture.ts'
import { givenFor, type InsertRows } from './insert-rows.ts'
import { provenText } from './proven-text.ts'
import { assignmentOf } from './key-assignment.ts'
import { readByValues } from './read-given.ts'
import { refusal } from './refusal.ts'
import { type ComparableUnique, keyAsUnique, otherUniques } from './unique-values.ts'
import { sameColumn } from './written-table.ts'

const construct = 'ON DUPLICATE KEY UPDATE'

export class UpsertCapture implements CapturePlan {
  readonly #scan: InsertScan
  readonly #table: SideTable
  readonly #rows: InsertRows
  readonly #key: ComparableUnique
  readonly #others: readonly ComparableUnique[]
  readonly #insert: InsertCapture
  /** Column of the key that `VALUES(..)` may change in a row met by another unique key. */
  readonly #movesKey: string | null

  /** @throws TwinwriteError `TW_CAPTURE_REFUSED` */
  constructor(side: CaptureSide, table: SideTable, scan: InsertScan, rows: InsertRows, sql: string) {
    this.#scan = scan
    this.#table = table
    this.#rows = rows
    this.#key = keyAsUnique(table)
    this.#others = otherUniques(table, construct)
    this.#insert = new InsertCapture(table, scan, rows)
    this.#movesKey = checkAssignments(side, table, scan, this.#others, sql)
  }

  async capture<R>(request: CaptureRequest<R>): Promise<Captured<R>> {
    const { call, connection } = request
    const uniques = [this.#key, ...this.#others]
    const given = givenUniques(this.#table, uniques, this.#rows, call.bindings, construct)
    this.#checkKey(given)
    const { shape } = connection
    const { mapping } = this.#table
    const counter = this.#table.table.columns.find((column) => column.counter)
    const one = this.#rows.count === 1
    if (one && counter !== undefined && this.#table.key.length === 1 && this.#table.key[0] === counter) {
      const response = await call.run(call)
      const id = shape.affected(response) === 0 ? null : shape.insertId(response)
      // No id: the row was met and left as it was.
      return { response, changes: id === null ? [] : this.#changes([idText(counter, id)]) }
    }
    const generates = counter !== undefined && !one && this.#generates(counter, call.bindings)
    if (!generates) {
      this.#checkUniques(given)
      if (this.#givenByKeyAlone(given)) return this.#insert.capture(request)
    }

    const evaluated = await evaluateCells(request, mapping, this.#scan, given.computed)
    const greater = generates
      ? {
          column: counter,
          than: textOrNull(await greatestId(request.side, connection, this.#table, counter)),
        }
      : undefined
    const response = await this.#insert.run(request, evaluated)
    if (shape.affected(response) === 0) return { response, changes: [] }
    const { groups } = given
    const rows = await readByValues(
      request,
      this.#scan,
      this.#table,
      groups,
      evaluated,
      [],
      'written',
      greater,
    )
    if (rows.length === 0 || this.#mayBeCut(given, call.bindings)) {
      throw refusal(mapping, `${construct} with a unique value that is stored in another form than given`)
    }
    return { response, changes: this.#changes(rows.map(({ key }) => key)) }
  }

  #changes(keys: readonly Key[]): Change[] {
    return keys.map((key) => ({ table: this.#table.mapping, key, op: 'insert' }))
  }

  /** No row can meet another, or only by the key that it gives itself. */
  #givenByKeyAlone({ groups }: GivenUniques): boolean {
    const byKey = groups.every(({ unique }) => unique === this.#key)
    return byKey && (groups.length === 0 || !this.#table.key.some(({ foldsText }) => foldsText))
  }

  #generates(counter: Column, bindings: readonly unknown[]): boolean {
    for (let row = 0; row < this.#rows.count; row++) {
      const given = givenFor(counter, this.#rows.cell(row, counter.name), bindings)
      if (given.type === 'counter') return true
      if (given.type === 'value' && (provenText(counter, given.value, bindings) ?? '0') === '0') return true
    }
    return false
  }

  fold(): null {
    return null
  }

  #checkKey({ groups }: GivenUniques): void {
    if (this.#movesKey !== null && groups.some(({ unique }) => unique !== this.#key)) {
      throw refusal(
        this.#table.mapping,
        `${construct} that assigns "${this.#movesKey}"`,
        `Leave "${this.#movesKey}" out of what the upsert updates (Knex: name the columns in merge([...])).`,
      )
    }
  }

  #checkUniques({ alone }: GivenUniques): void {
    if (alone > 0 && alone < this.#rows.count) {
      throw refusal(
        this.#table.mapping,
        `${construct} of rows with and without unique values`,
        'Write them by two statements.',
      )
    }
  }

  #mayBeCut({ groups }: GivenUniques, bindings: readonly unknown[]): boolean {
    return groups.some(({ columns, rows }) =>
      rows.some((cells) =>
        cells.some((cell, index) => typeof cell !== 'string' && isTooLong(columns[index]!, cell, bindings)),
      ),
    )
  }
}

const textOrNull = (value: bigint | null): string | null => (value === null ? null : String(value))

/** `id = LAST_INSERT_ID(id)`, by which the id of the row that was met gets reported, leaves it as it is. */
function isOwnId(text: string, column: string): boolean {
  const argument = /^last_insert_id\s*\(\s*`?([\w$]+)`?\s*\)$/i.exec(text.trim())?.[1]
  return argument?.toLowerCase() === column.toLowerCase()
}

/**
 * Refuses updates of columns by which rows are found again; `a = VALUES(a)` leaves a row findable by `a`.
 * @returns a key column that is assigned so
 */
function checkAssignments(
  side: CaptureSide,
  table: SideTable,
  scan: InsertScan,
  others: readonly ComparableUnique[],
  sql: string,
): string | null {
  const assignments = scan.onDuplicate?.assignments ?? []
  let movesKey: string | null = null
  const reacting = reactionsTo(side, table, {
    op: 'update',
    columns: new Set(assignments.map(({ column }) => column)),
  }).flatMap(({ foreignKey }) => foreignKey.parentColumns)
  for (const column of table.table.columns) {
    const isKey = table.key.some(({ name }) => name === column.name)
    const isUnique = others.some(({ columns }) => columns.some(({ name }) => name === column.name))
    if (!isKey && !isUnique) continue
    const assignment = assignmentOf(side, assignments, column.name)
    if (assignment === undefined) continue
    const { value } = assignment
    if (isOwnId(sql.slice(value.range.start, value.range.end), column.name)) continue
    const same = value.type === 'inserted' && sameColumn(side, value.name, column.name)
    if (!same || (isKey && column.foldsText) || reacting.includes(column.name)) {
      throw refusal(
        table.mapping,
        `${construct} that assigns "${column.name}"`,
        `Leave "${column.name}" out of what the upsert updates.`,
      )
    }
    if (isKey) movesKey = column.name
  }
  return movesKey
}

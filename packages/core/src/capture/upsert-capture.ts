// MySQL and MariaDB: INSERT .. ON DUPLICATE KEY UPDATE. For one row the reported id is that of the row, inserted or met.
// For many it is the first generated one, or that of the last row met, or nothing; so the rows are read back by every
// unique key for which values were given. Rows are found by values that the update left alone or takes from the row that
// was to be inserted; an update of others is refused. A generated id can meet a row, too, which somebody else has just put
// there. Upholds W1, W10 (failure cases j, k). https://dev.mysql.com/doc/c-api/9.0/en/mysql-insert-id.html

import type { Change } from '../change.ts'
import type { Column } from '../catalog.ts'
import { decodeKey, type Key } from '../key.ts'
import type { SideTable } from '../mapping/side-table.ts'
import type { Assignment, InsertScan } from '../scan/statement.ts'
import type { Captured, CaptureRequest, CaptureSide } from './capture.ts'
import { type CapturePlan, runRewritten } from './capture-plan.ts'
import { reactionsTo } from './foreign-key-actions.ts'
import { evaluateCells, type Evaluated, withEvaluated } from './evaluated-cells.ts'
import { greatestId, idText } from './generated-ids.ts'
import { isTooLong } from './given-cells.ts'
import { type GivenUniques, givenUniques } from './given-uniques.ts'
import { InsertCapture } from './insert-capture.ts'
import { givenFor, type InsertRows } from './insert-rows.ts'
import { addGuarded, canGuard, givenKeys, isGuardFailure } from './key-guard.ts'
import { driverError } from './native-connection.ts'
import { provenText } from './proven-text.ts'
import { assignmentOf } from './key-assignment.ts'
import { areFound, readByValues } from './read-given.ts'
import { refusal, storedOtherwise } from './refusal.ts'
import { type ComparableUnique, keyAsUnique, otherUniques } from './unique-values.ts'
import { sameColumn } from './written-table.ts'

const construct = 'ON DUPLICATE KEY UPDATE'
const tries = 5

export class UpsertCapture implements CapturePlan {
  readonly #scan: InsertScan
  readonly #table: SideTable
  readonly #rows: InsertRows
  readonly #key: ComparableUnique
  readonly #others: readonly ComparableUnique[]
  readonly #insert: InsertCapture
  readonly #keyAssignment: KeyAssignment | null
  readonly #returning: CapturePlan | null

  /**
   * @param returning MariaDB: how keys come back with the app's own RETURNING, where no row gets another key
   * @throws TwinwriteError `TW_CAPTURE_REFUSED`
   */
  constructor(
    side: CaptureSide,
    table: SideTable,
    scan: InsertScan,
    rows: InsertRows,
    sql: string,
    returning: CapturePlan | null = null,
  ) {
    this.#returning = returning
    this.#scan = scan
    this.#table = table
    this.#rows = rows
    this.#key = keyAsUnique(table)
    this.#others = otherUniques(table, construct)
    this.#insert = new InsertCapture(table, scan, rows)
    this.#keyAssignment = checkAssignments(side, table, scan, this.#others, sql)
  }

  async capture<R>(request: CaptureRequest<R>): Promise<Captured<R>> {
    const { call, connection } = request
    const uniques = [this.#key, ...this.#others]
    const given = givenUniques(this.#table, uniques, this.#rows, call.bindings, construct)
    const guard = this.#guardFor(given)
    if (guard === null && this.#returning !== null) return this.#returning.capture(request)
    const { shape } = connection
    const { mapping } = this.#table
    const counter = this.#table.table.columns.find((column) => column.counter)
    const one = this.#rows.count === 1
    if (
      guard === null &&
      one &&
      counter !== undefined &&
      this.#table.key.length === 1 &&
      this.#table.key[0] === counter
    ) {
      const response = await call.run(call)
      const id = shape.affected(response) === 0 ? null : shape.insertId(response)
      // No id: the row was met and left as it was.
      return { response, changes: id === null ? [] : this.#changes([idText(counter, id)]) }
    }
    const generates = counter !== undefined && !one && this.#generates(counter, call.bindings)
    if (!generates) {
      this.#checkUniques(given)
      if (guard === null && this.#givenByKeyAlone(given)) return this.#insert.capture(request)
    }

    const evaluated = await evaluateCells(request, mapping, this.#scan, given.computed)
    const greater = generates
      ? {
          column: counter,
          than: textOrNull(await greatestId(request.side, connection, this.#table, counter)),
        }
      : undefined
    const known = new Set<Key>()
    const response = await (guard === null
      ? this.#insert.run(request, evaluated)
      : this.#runGuarded(request, guard, given, evaluated, known))
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
    if (rows.length === 0 || this.#mayBeCut(given, call.bindings))
      throw storedOtherwise(this.#table, construct)
    const all = groups.length === 1 && rows.length === this.#rows.count
    if (!all && !(await areFound(request, this.#scan, this.#table, given.doubtful, evaluated)))
      throw storedOtherwise(this.#table, construct)
    for (const { key } of rows) known.add(key)
    return { response, changes: this.#changes([...known]) }
  }

  /** @param known gets every key that a row may have had before */
  async #runGuarded<R>(
    request: CaptureRequest<R>,
    guard: Assignment,
    { groups }: GivenUniques,
    evaluated: Evaluated,
    known: Set<Key>,
  ): Promise<R> {
    const { side, connection, call } = request
    const table = this.#table
    const { range } = guard.value
    for (const key of givenKeys(table, this.#rows, call.bindings)) known.add(key)
    for (let left = tries; left > 0; left--) {
      const text = withEvaluated(request, this.#scan, evaluated, range.start)
      addGuarded(
        text,
        side,
        table,
        guard,
        [...known].map((key) => decodeKey(key, table.key.length)),
      )
      text.copyRest(range.end)
      try {
        return await runRewritten(request, text.build(), (offset) => text.origin(offset))
      } catch (error) {
        if (!isGuardFailure(driverError(connection, error))) throw error
      }
      const met = await readByValues(request, this.#scan, table, groups, evaluated, [], 'locked')
      for (const { key } of met) known.add(key)
    }
    throw refusal(table.mapping, `${construct} that met other rows each time`, 'Run it again.')
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

  /** The assignment that may give a row another key than it has; null: none can. */
  #guardFor({ groups }: GivenUniques): Assignment | null {
    if (this.#keyAssignment === null) return null
    const { assignment, folds } = this.#keyAssignment
    if (!folds && groups.every(({ unique }) => unique === this.#key)) return null
    if (this.#scan.ignore === null && canGuard(this.#table)) return assignment
    throw refusal(
      this.#table.mapping,
      `${construct} that assigns "${assignment.column}"`,
      `Leave "${assignment.column}" out of what the upsert updates (Knex: name the columns in merge([...])).`,
    )
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

interface KeyAssignment {
  /** The first of the statement that assigns a column of the key: until there the row has its key. */
  readonly assignment: Assignment
  /** Whether an equal value may be spelled differently. */
  readonly folds: boolean
}

/** Refuses updates of columns by which rows are found again; `a = VALUES(a)` leaves a row findable by `a`. */
function checkAssignments(
  side: CaptureSide,
  table: SideTable,
  scan: InsertScan,
  others: readonly ComparableUnique[],
  sql: string,
): KeyAssignment | null {
  const assignments = scan.onDuplicate?.assignments ?? []
  const ofKey: Assignment[] = []
  let folds = false
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
    if (!same || reacting.includes(column.name)) {
      throw refusal(
        table.mapping,
        `${construct} that assigns "${column.name}"`,
        `Leave "${column.name}" out of what the upsert updates.`,
      )
    }
    if (!isKey) continue
    ofKey.push(assignment)
    folds ||= column.foldsText
  }
  ofKey.sort((left, right) => left.range.start - right.range.start)
  return ofKey[0] === undefined ? null : { assignment: ofKey[0], folds }
}

// MySQL and MariaDB: an UPDATE that gives rows another key. The new keys are worked out by the server from the locked
// old rows, in the read that finds them. Upholds W10.

import { decodeKey, encodeKey } from '../key.ts'
import type { Change } from '../change.ts'
import type { SqlDialect } from '../dialect.ts'
import type { SideTable } from '../mapping/side-table.ts'
import type { Assignment, UpdateScan } from '../scan/statement.ts'
import type { Captured, CaptureRequest, CaptureSide } from './capture.ts'
import { type CapturePlan, runRewritten } from './capture-plan.ts'
import { expandActions, movedChildren, type Reaction, referencedColumns } from './foreign-key-actions.ts'
import { assignmentOf } from './key-assignment.ts'
import { checkPreReadable, pinnedText, preRead, preReadTables, type PreReadTable } from './pre-read.ts'
import { isStoredAs } from './proven-text.ts'
import { movedRows } from './read-first-capture.ts'
import { type ReadRow, readRows } from './read-rows.ts'
import { refusal } from './refusal.ts'
import { textOf } from './touched-key.ts'
import type { WrittenTable } from './written-table.ts'

/** What gives another value when it is worked out again: calls without rows behind them, variables, subqueries. */
const unsteady =
  /\b(uuid\w*|rand|random_bytes|sysdate|last_insert_id|nextval|get_lock|row_count|found_rows|select)\b|@/i

const newKeyAlias = (index: number): string => `_tw_n${index}`

export class MovingCapture implements CapturePlan {
  readonly #scan: UpdateScan
  readonly #written: WrittenTable
  readonly #reactions: readonly Reaction[]
  readonly #tables: readonly PreReadTable[]
  /** Assignment of each key column; undefined: it stays. */
  readonly #assigned: readonly (Assignment | undefined)[]

  constructor(
    side: CaptureSide,
    written: WrittenTable,
    scan: UpdateScan,
    sql: string,
    reactions: readonly Reaction[],
  ) {
    checkPreReadable(side, written, scan, sql)
    const { table } = written
    this.#scan = scan
    this.#written = written
    this.#reactions = reactions
    this.#assigned = table.key.map(({ name }) => assignmentOf(side, scan.assignments, name))
    this.#tables = preReadTables(side, [{ written, extras: referencedColumns(table, reactions) }])
    for (const assignment of this.#assigned) {
      if (assignment !== undefined) checkSteady(table, scan, assignment, sql)
    }
  }

  async capture<R>(request: CaptureRequest<R>): Promise<Captured<R>> {
    const { side, connection } = request
    const { table } = this.#written
    const moved: string[][] = []
    const read = await preRead(request, this.#scan, this.#tables, {
      add: (text) => {
        this.#assigned.forEach((assignment, index) => {
          if (assignment === undefined) return
          text.add(', ')
          text.canonical(table.key[index]!, assignment.value.range)
          text.add(` AS ${side.dialect.quote(newKeyAlias(index))}`)
        })
      },
      row: (row, { key }) => moved.push(this.#newKey(side.dialect, row, key)),
    })
    const before = read[0]!.rows
    const children = await expandActions(side, connection, table, this.#reactions, before)
    const text = pinnedText(request, this.#scan, this.#tables, read, '')
    const response = await runRewritten(request, text.build(), (offset) => text.origin(offset))
    if (connection.shape.unchanged(response)) return { response, changes: [] }

    const after = await this.#after(request, moved)
    const followers = await movedChildren(side, connection, table, this.#reactions, after)
    const oldKeys = before.map(({ key }) => key)
    const newKeys = after.map(({ key }) => key)
    const changes: Change[] = [...children, ...movedRows(table.mapping, oldKeys, newKeys), ...followers]
    return { response, changes }
  }

  fold(): null {
    return null
  }

  #newKey(dialect: SqlDialect, row: Record<string, unknown>, key: string): string[] {
    const { table } = this.#written
    const old = decodeKey(key, table.key.length)
    return this.#assigned.map((assignment, index) => {
      if (assignment === undefined) return old[index]!
      const value = row[newKeyAlias(index)]
      // NULL is never a key: the statement itself will say so.
      return value === null ? '' : textOf(dialect, value)
    })
  }

  /** The rows under their new keys; read where the server may have stored another text, or children follow. */
  async #after<R>({ side, connection }: CaptureRequest<R>, moved: readonly string[][]): Promise<ReadRow[]> {
    const { table } = this.#written
    const distinct = [...new Map(moved.map((tuple) => [encodeKey(tuple), tuple])).entries()]
    const certain = distinct.every(([, tuple]) =>
      tuple.every((text, index) => isStoredAs(table.key[index]!, text)),
    )
    const follow = this.#reactions.some(({ movesKey }) => movesKey)
    if (certain && !follow) return distinct.map(([key]) => ({ key, values: new Map() }))
    const tuples = distinct.map(([, tuple]) => tuple)
    const extras = referencedColumns(table, this.#reactions)
    const rows = await readRows(side, connection, table, table.key, tuples, extras, 'written')
    if (rows.length < distinct.length && this.#scan.modifiers.length === 0) {
      throw refusal(table.mapping, 'An UPDATE whose new keys are stored in another form')
    }
    return rows
  }
}

/**
 * MySQL assigns from left to right: an expression sees the new values of columns that were assigned before it.
 * https://dev.mysql.com/doc/refman/9.0/en/update.html
 */
function checkSteady(table: SideTable, scan: UpdateScan, assignment: Assignment, sql: string): void {
  const { value } = assignment
  const construct = `UPDATE that sets "${assignment.column}"`
  if (value.type === 'placeholder' || value.type === 'literal') return
  const text = sql.slice(value.range.start, value.range.end)
  const hint = 'Give the new key as a value.'
  if (value.type === 'default' || unsteady.test(text))
    throw refusal(table.mapping, `${construct} to ${text}`, hint)
  const earlier = scan.assignments
    .slice(0, scan.assignments.indexOf(assignment))
    .map(({ column }) => column.toLowerCase())
  const words = new Set(text.toLowerCase().match(/[\w$\u0080-\uffff]+/g))
  if (earlier.some((column) => words.has(column))) {
    throw refusal(table.mapping, `${construct} from columns that are set before it`, hint)
  }
}

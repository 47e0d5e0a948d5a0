// MySQL and MariaDB: INSERT .. SELECT. Ids that it generates interleave with those of others, so the rows from the first
// one on are read. Keys that it selects are read first, under shared locks, and the statement is bound to them.
// Upholds W1, W10 (failure case k).

import type { Change } from '../change.ts'
import { encodeKey, type Key } from '../key.ts'
import type { Column } from '../catalog.ts'
import type { SideTable } from '../mapping/side-table.ts'
import type { InsertScan, Range } from '../scan/statement.ts'
import type { Captured, CaptureRequest, CaptureSide } from './capture.ts'
import { type CapturePlan, runRewritten } from './capture-plan.ts'
import { captureTraits } from './capture-traits.ts'
import { idText, keysFrom } from './generated-ids.ts'
import { insertedColumns } from './insert-rows.ts'
import { driverError } from './native-connection.ts'
import { isPassing } from './passing-failure.ts'
import { isStoredAs } from './proven-text.ts'
import { readRows } from './read-rows.ts'
import { refusal } from './refusal.ts'
import { SqlText } from './sql-text.ts'
import { aliasesOf, textOf } from './touched-key.ts'
import { sameColumn } from './written-table.ts'

const selected = '_tw_s'
const hint = 'Select the keys first and insert by key, or let the database generate them.'

export class InsertSelectCapture implements CapturePlan {
  readonly #scan: InsertScan
  readonly #query: Range
  readonly #table: SideTable
  readonly #columns: readonly string[]
  /** Position of each key column in the SELECT; -1: left out. */
  readonly #positions: readonly number[]
  readonly #counter: Column | undefined

  /** @throws TwinwriteError `TW_CAPTURE_REFUSED` */
  constructor(side: CaptureSide, table: SideTable, scan: InsertScan, sql: string) {
    const { source } = scan
    this.#scan = scan
    this.#query = source.type === 'select' ? source.query : source.range
    this.#table = table
    this.#columns = insertedColumns(table, scan)
    this.#positions = table.key.map(({ name }) =>
      this.#columns.findIndex((one) => sameColumn(side, one, name)),
    )
    this.#counter = table.key.find((column, index) => column.counter && this.#positions[index] === -1)
    const left = table.key.find((column, index) => !column.counter && this.#positions[index] === -1)
    if (left !== undefined && this.#counter === undefined) {
      throw refusal(
        table.mapping,
        `INSERT .. SELECT that leaves "${left.name}" of the key to its default`,
        hint,
      )
    }
    if (this.#counter === undefined) checkRepeatable(table, sql.slice(this.#query.start, this.#query.end))
  }

  async capture<R>(request: CaptureRequest<R>): Promise<Captured<R>> {
    return this.#counter === undefined ? this.#bound(request) : this.#generated(request, this.#counter)
  }

  fold(): null {
    return null
  }

  async #generated<R>({ side, connection, call }: CaptureRequest<R>, counter: Column): Promise<Captured<R>> {
    const response = await call.run(call)
    const first = connection.shape.insertId(response)
    if (first === null || connection.shape.affected(response) === 0) return { response, changes: [] }
    const id = BigInt(idText(counter, first))
    const keys = await keysFrom(side, connection, this.#table, counter, id)
    return { response, changes: this.#changes(keys) }
  }

  async #bound<R>(request: CaptureRequest<R>): Promise<Captured<R>> {
    const { side, connection } = request
    const tuples = await this.#read(request)
    if (!areWhole(tuples)) return this.#ofNull(request)
    const text = this.#pinned(request, tuples)
    const response = await runRewritten(request, text.build(), (offset) => text.origin(offset))
    const affected = connection.shape.affected(response)
    if (affected === 0) return { response, changes: [] }
    const { ignore, verb } = this.#scan
    if (ignore === null && verb === 'insert' && affected !== tuples.length) {
      throw refusal(this.#table.mapping, 'INSERT .. SELECT whose rows changed while it ran')
    }
    const certain = tuples.every((tuple) =>
      tuple.every((one, index) => isStoredAs(this.#table.key[index]!, one)),
    )
    if (certain) return { response, changes: this.#changes(tuples.map(encodeKey)) }
    const rows = await readRows(side, connection, this.#table, this.#table.key, tuples, [], 'written')
    if (rows.length < tuples.length && ignore === null) {
      throw refusal(this.#table.mapping, 'INSERT .. SELECT of keys that are stored in another form')
    }
    return { response, changes: this.#changes(rows.map(({ key }) => key)) }
  }

  /** No key holds a NULL: the server refuses it in its own words, where IGNORE or its mode makes no default of it. */
  async #ofNull<R>({ call }: CaptureRequest<R>): Promise<never> {
    if (this.#scan.ignore === null) await call.run(call)
    throw refusal(this.#table.mapping, 'INSERT .. SELECT of NULL for the key', hint)
  }

  #changes(keys: readonly Key[]): Change[] {
    return keys.map((key) => ({ table: this.#table.mapping, key, op: 'insert' }))
  }

  /** Canonical texts of the selected keys, whose rows stay as they are until the end of the transaction. */
  async #read<R>(request: CaptureRequest<R>): Promise<(string | null)[][]> {
    const { side, connection, call } = request
    const { dialect } = side
    const aliases = aliasesOf(this.#table)
    const list = this.#keys(side).map((key, index) => `${key} AS ${dialect.quote(aliases[index]!)}`)
    const text = new SqlText(dialect, call, this.#scan.placeholders, 'extract')
    this.#addSelected(text, request)
    text.add(` SELECT ${list.join(', ')} FROM ${selected}`)
    let response: R
    try {
      response = await connection.own(text.build())
    } catch (error) {
      if (isPassing(dialect.engine, driverError(connection, error))) {
        const origin = (offset: number): number | null => text.origin(offset)
        throw connection.shape.failure(error, { original: call, sent: text.build(), origin })
      }
      await call.run(call)
      throw refusal(this.#table.mapping, `A read of ours failed (${String(error)}), which`)
    }
    return connection.shape.rows(response).map((row) =>
      aliases.map((alias, index) => {
        const value = row[alias]
        const one = value === null ? null : textOf(side.dialect, value)
        if (this.#table.key[index]!.counter && (one === null || one === '0')) {
          throw refusal(this.#table.mapping, 'INSERT .. SELECT of rows with and without ids', hint)
        }
        return one
      }),
    )
  }

  /** `WITH _tw_s (c0, c1) AS (<the app's SELECT, locking>)` */
  #addSelected<R>(text: SqlText, { side, call }: CaptureRequest<R>): void {
    const own = call.sql.slice(this.#query.start, this.#query.end)
    text
      .add(`WITH ${selected} (${this.#columns.map((_, index) => `c${index}`).join(', ')}) AS (`)
      .copy(this.#query)
    if (!locking.test(own)) text.add(captureTraits[side.dialect.engine].shareLock)
    text.add(')')
  }

  #keys({ dialect }: CaptureSide): string[] {
    return this.#table.key.map((column, index) =>
      dialect.canonical(column, `${selected}.c${this.#positions[index]}`),
    )
  }

  #pinned<R>(request: CaptureRequest<R>, tuples: readonly string[][]): SqlText {
    const { side, call } = request
    const { range } = this.#scan.source
    const text = new SqlText(side.dialect, call, this.#scan.placeholders, 'rewrite')
    text.copy({ start: 0, end: range.start })
    this.#addSelected(text, request)
    text.add(` SELECT * FROM ${selected} WHERE `)
    if (tuples.length === 0) text.add(captureTraits[side.dialect.engine].never(`${selected}.c0`))
    else {
      // Byte by byte: the collation of the source may take two keys of the target for one.
      const keys = this.#keys(side).map((key) => `HEX(CONVERT(${key} USING utf8mb4))`)
      text.add(`${keys.length > 1 ? `(${keys.join(', ')})` : keys[0]} IN (`)
      tuples.forEach((tuple, row) => {
        if (row > 0) text.add(', ')
        if (tuple.length > 1) text.add('(')
        tuple.forEach((one, index) => {
          text.add(index > 0 ? ', ' : '').value(Buffer.from(one, 'utf8').toString('hex').toUpperCase())
        })
        if (tuple.length > 1) text.add(')')
      })
      text.add(')')
    }
    return text.copyRest(range.end)
  }
}

function areWhole(tuples: readonly (string | null)[][]): tuples is string[][] {
  return !tuples.some((tuple) => tuple.includes(null))
}

const locking = /\b(for\s+(update|share)|lock\s+in\s+share\s+mode)\b/i

/** Whether the SELECT can be read twice with the same result. */
function checkRepeatable(table: SideTable, text: string): void {
  const plain =
    /^(select|with)\b/i.test(text) && !/\b(union|except|intersect|rand|uuid\w*|sysdate)\b|@/i.test(text)
  if (!plain)
    throw refusal(table.mapping, 'INSERT .. SELECT of keys from UNION, variables or random values', hint)
}

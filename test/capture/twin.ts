// Two databases with the same content: on the first a statement runs as it is, on the second through capture.
// Proves per statement that the app gets the same (W1) and that the captured keys are those of the changed rows (W10).

import { type Engine, freshDatabase } from '@twinwrite/testkit'
import { expect } from 'vitest'
import { capture, type CaptureSide } from '../../packages/core/src/capture/capture.ts'
import type { Change } from '../../packages/core/src/change.ts'
import type { SideTable } from '../../packages/core/src/mapping/side-table.ts'
import type { TableRef } from '../../packages/core/src/catalog.ts'
import { scan } from '../../packages/core/src/scan/scan.ts'
import type { WriteScan } from '../../packages/core/src/write/write-side.ts'
import { engineTraits } from '../../packages/core/src/write/engine-traits.ts'
import { defaultNaming, openStore, sqlDialect } from '@twinwrite/sql'
import { type RawConnection, rawConnection, type RawOptions } from './native-connections.ts'

export interface Outcome {
  readonly response: unknown
  readonly error: unknown
  readonly changes: readonly Change[]
  /** `table:key` of rows whose content changed. */
  readonly changed: readonly string[]
  readonly captured: readonly string[]
  /** Statements of ours beside the app's own. */
  readonly extra: number
}

export interface Twin {
  readonly engine: Engine
  readonly plain: RawConnection
  readonly wrapped: RawConnection
  readonly side: CaptureSide
  readonly connection: unknown
  /** Begins a transaction of the app. */
  readonly begin: string
  /** Runs the statement on both and asserts equal answers, equal tables and that no changed row was missed. */
  write(sql: string, ...bindings: unknown[]): Promise<Outcome>
  /** Only on the captured side. */
  capture(
    sql: string,
    bindings?: readonly unknown[],
    on?: RawConnection,
  ): Promise<{ response: unknown; changes: readonly Change[] }>
  snapshot(): Promise<Map<string, string>>
  end(): Promise<void>
}

export interface TwinOptions extends RawOptions {
  /** Tables that are captured; all by default. */
  readonly mapped?: readonly string[]
  /** Statements that both connections run first. */
  readonly session?: readonly string[]
}

/** @param schema statements that make and fill the tables */
export async function twin(
  engine: Engine,
  schema: readonly string[],
  options: TwinOptions = {},
): Promise<Twin> {
  const databases = [await open(engine, schema, options), await open(engine, schema, options)] as const
  const [{ raw: plain }, { raw: wrapped, database }] = databases
  const side = await captureSide(engine, database.connection, options.mapped)
  const { begin } = engineTraits[engine]

  const captureOn: Twin['capture'] = (sql, bindings = [], on = wrapped) =>
    capture({ side, connection: on.native, call: on.call(sql, bindings) }, scan(sql, engine) as WriteScan)

  return {
    engine,
    plain,
    wrapped,
    side,
    connection: database.connection,
    begin,
    capture: captureOn,
    snapshot: () => snapshot(wrapped, side),
    write: async (sql, ...bindings) => {
      const before = await snapshot(wrapped, side)
      await plain.run(begin)
      const expected = await outcome(() => plain.run(sql, bindings))
      await plain.run('COMMIT')

      await wrapped.run(begin)
      wrapped.own.length = 0
      wrapped.sent.length = 0
      let changes: readonly Change[] = []
      const actual = await outcome(async () => {
        const captured = await captureOn(sql, bindings)
        changes = captured.changes
        return captured.response
      })
      const extra = wrapped.own.length + wrapped.sent.length - 1
      await wrapped.run('COMMIT')

      const after = await snapshot(wrapped, side)
      expect(await comparable(wrapped, actual), `answer of ${sql}`).toEqual(await comparable(plain, expected))
      expect(after, `tables after ${sql}`).toEqual(await snapshot(plain, side))
      const captured = [...new Set(changes.map(({ table, key }) => `${table}:${key}`))].sort()
      const changed = [...new Set([...before.keys(), ...after.keys()])]
        .filter((row) => before.get(row) !== after.get(row))
        .sort()
      const known = new Set(captured)
      expect(
        changed.filter((row) => !known.has(row)),
        `rows that ${sql} changed unseen`,
      ).toEqual([])
      return { ...actual, changes, changed, captured, extra }
    },
    end: async () => {
      for (const { raw, database: one } of databases) {
        await raw.end()
        await one.drop()
      }
    },
  }
}

async function open(engine: Engine, schema: readonly string[], options: TwinOptions) {
  const database = await freshDatabase(engine as 'sqlite')
  const raw = await rawConnection(engine, database.connection, options)
  for (const sql of [...schema, ...(options.session ?? [])]) await raw.run(sql)
  return { database, raw }
}

async function captureSide(
  engine: Engine,
  connection: unknown,
  mapped?: readonly string[],
): Promise<CaptureSide> {
  const naming = { migration: 'capture', ...defaultNaming }
  const store = openStore({ engine, connection, side: 'source', naming })
  const names = mapped ?? (await tableNames(engine, connection))
  const catalog = await store.catalog(names.map((name) => ({ schema: null, name })))
  await store.close()
  const tables = catalog.map((table): SideTable => ({
    mapping: table.name,
    table,
    columns: table.columns.filter((column) => !column.generated),
    key: table.key.map((name) => table.columns.find((column) => column.name === name)!),
  }))
  const fold = (name: string): string => (engine === 'postgres' ? name : name.toLowerCase())
  const find = ({ name }: TableRef): SideTable | undefined =>
    tables.find(({ table }) => fold(table.name) === fold(name))
  return { dialect: sqlDialect(engine, naming), tables, find, through: () => [] }
}

const tableQueries: Record<Engine, string> = {
  postgres: `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
  mysql: 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
  mariadb: 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
  sqlite: `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`,
}

async function tableNames(engine: Engine, connection: unknown): Promise<string[]> {
  const raw = await rawConnection(engine, connection)
  try {
    return (await raw.rows(tableQueries[engine])).map(({ name }) => String(name))
  } finally {
    await raw.end()
  }
}

/** `table:key` to the canonical texts of the row. */
export async function snapshot(raw: RawConnection, side: CaptureSide): Promise<Map<string, string>> {
  const rows = new Map<string, string>()
  const { dialect } = side
  for (const table of side.tables) {
    const list = [
      ...table.key.map(
        (column, index) => `${dialect.canonical(column, dialect.quote(column.name))} AS k${index}`,
      ),
      ...table.columns.map(
        (column, index) => `${dialect.canonical(column, dialect.quote(column.name))} AS c${index}`,
      ),
    ]
    for (const row of await raw.rows(`SELECT ${list.join(', ')} FROM ${dialect.table(table.table)}`)) {
      const read = dialect.readRow(table, row)
      rows.set(`${table.mapping}:${read.key}`, JSON.stringify(read.row))
    }
  }
  return new Map([...rows].sort(([left], [right]) => (left < right ? -1 : 1)))
}

async function outcome(work: () => Promise<unknown>): Promise<{ response: unknown; error: unknown }> {
  try {
    return { response: await work(), error: undefined }
  } catch (error) {
    return { response: undefined, error }
  }
}

/** Takes out what differs between two databases by nature: object ids, names of databases, stack traces. */
export async function comparable(
  raw: RawConnection,
  { response, error }: { response?: unknown; error?: unknown },
): Promise<unknown> {
  if (error instanceof Error) {
    // Names of databases stand in messages of MySQL and MariaDB.
    const text = (value: unknown): unknown =>
      typeof value === 'string' ? value.replaceAll(/tw_\d+_[0-9a-f]{10}/g, 'database') : value
    const properties = Object.entries(error).map(([name, value]) => [name, text(value)])
    return { name: error.name, message: text(error.message), properties: Object.fromEntries(properties) }
  }
  if (Array.isArray(response) && isHeader(response[0])) {
    // Whether an index was used: the bound statement uses that of the key.
    const header = { ...response[0], serverStatus: response[0].serverStatus & ~0x30 }
    return [{ ...header }, ...response.slice(1)]
  }
  if (Array.isArray(response) && Array.isArray(response[1])) {
    // A column keeps the packet that it was read from.
    const columns = (response[1] as { name: string }[]).map((column) => [
      column.name,
      Object.entries(column).filter(([name]) => !name.startsWith('_')),
    ])
    return [response[0], columns]
  }
  if (typeof response === 'object' && response !== null && 'fields' in response) {
    const names = new Map<number, string>()
    for (const { oid, name } of await raw.rows('SELECT oid::int, relname::text AS name FROM pg_class')) {
      names.set(Number(oid), String(name))
    }
    const fields = (response.fields as { tableID: number }[]).map((field) => ({
      ...field,
      tableID: names.get(field.tableID),
    }))
    return { ...response, prototype: Object.getPrototypeOf(response), fields }
  }
  return response
}

function isHeader(value: unknown): value is { serverStatus: number } {
  return typeof value === 'object' && value !== null && 'serverStatus' in value
}

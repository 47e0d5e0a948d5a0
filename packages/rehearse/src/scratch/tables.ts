// The statements that make the mapped tables on both scratch sides, out of the real catalogs, and what they do not carry over.

import {
  type EngineName,
  findTable,
  type MigrationDefinition,
  parentsFirst,
  type Side,
  type SideCatalog,
  type Table,
  type TableRef,
  tableText,
} from '@twinwrite/core'
import { proposeTable, sqlDialect } from '@twinwrite/sql'
import { type OneDatabase, scratchRef, type TableSettings } from './definition.ts'

/** One thing to be made. */
export interface Making {
  readonly statement: string
  /** Takes it away again; null: it stays, since it may have been there before. */
  readonly undo: string | null
  /** An enum of PostgreSQL, which need not be made where it stands with these labels. */
  readonly labels: { readonly type: string; readonly labels: readonly string[] } | null
}

export interface ScratchTables {
  readonly makings: Readonly<Record<Side, readonly Making[]>>
  /** What the scratch tables lack, in sentences. */
  readonly notes: readonly string[]
}

/** One table to be made on one side. */
interface Wanted {
  /** As it stands on the real side. */
  readonly ref: TableRef
  /** What it is made of: the table of that side, or of the source where the target has none. */
  readonly from: Table
  readonly engine: EngineName
  /** Remarks about what `from` leaves out. */
  readonly left: readonly string[]
  /** Name there of a column of `from`. */
  readonly column: (name: string) => string
  /** Table of the real side that a foreign key of `from` means. */
  readonly parent: (ref: TableRef) => TableRef | undefined
}

export function scratchTables(
  { migration }: MigrationDefinition,
  catalogs: Readonly<Record<Side, SideCatalog>>,
  flat: OneDatabase,
): ScratchTables {
  const settings = [...migration.tables.values()]
  const notes = new Notes()
  const makingsOf = (side: Side): Making[] => {
    const { engine } = catalogs[side]
    const wanted = inMakingOrder(settings.flatMap((one) => wantedOf(one, settings, side, catalogs)))
    const made = new Set<TableRef>()
    const { table: named } = sqlDialect(engine, naming)
    const tables = wanted.map((one): Making => {
      made.add(one.ref)
      const table = scratchRef(one.ref, flat[side])
      const { statement, remarks } = proposeTable({ engine: one.engine, table: one.from }, engine, {
        table,
        column: (name) => one.column(name),
        tableOf: (ref) => {
          const parent = one.parent(ref)
          return parent === undefined || !made.has(parent) ? null : scratchRef(parent, flat[side])
        },
      })
      notes.add(side, one.ref, [...one.left, ...remarks])
      return { statement, undo: `DROP TABLE IF EXISTS ${named(table)}`, labels: null }
    })
    const around = engine === 'postgres' ? surroundings(wanted, migration.controlTables.schema) : []
    return [...around, ...tables]
  }
  const makings = { source: makingsOf('source'), target: makingsOf('target') }
  return { makings, notes: notes.sentences }
}

/** Only to quote names. */
const naming = { migration: '', cohort: '*', prefix: '_tw_', schema: null } as const

function wantedOf(
  settings: TableSettings,
  all: readonly TableSettings[],
  side: Side,
  catalogs: Readonly<Record<Side, SideCatalog>>,
): Wanted[] {
  const own = findTable(catalogs[side].tables, settings[side], catalogs[side].engine)
  const of = own === undefined ? 'source' : side
  const { tables, engine } = catalogs[of]
  const found = own ?? findTable(tables, settings.source, engine)
  if (found === undefined) return []
  const from = withoutGenerated(found, namedColumns(settings, of))
  return [
    {
      ref: settings[side],
      from,
      left: from.columns.length < found.columns.length ? ['generated columns are not made'] : [],
      engine,
      column: (name) => (own === undefined ? (settings.columns.get(name)?.to ?? name) : name),
      parent: (ref) => {
        const meant = findTable(tables, ref, engine)
        return all.find((other) => meant !== undefined && findTable(tables, other[of], engine) === meant)?.[
          side
        ]
      },
    },
  ]
}

/** Their expressions are not known. One that the mapping names, or a key holds, is a plain column that may be empty. */
function withoutGenerated(table: Table, named: ReadonlySet<string>): Table {
  const inKeys = new Set([...table.key, ...table.uniques.flatMap(({ columns }) => columns ?? [])])
  const columns = table.columns
    .filter(({ name, generated }) => !generated || named.has(name) || inKeys.has(name))
    .map((column) => (column.generated && !inKeys.has(column.name) ? { ...column, nullable: true } : column))
  return { ...table, columns }
}

function namedColumns({ columns, ignore, accept }: TableSettings, side: Side): ReadonlySet<string> {
  const renamed = [...columns].map(([name, { to }]) => (side === 'source' ? name : to))
  return new Set([...renamed, ...ignore[side].keys(), ...(side === 'source' ? accept : [])])
}

function inMakingOrder(wanted: readonly Wanted[]): Wanted[] {
  return parentsFirst(wanted, ({ from, parent }) =>
    from.foreignKeys.map((key) => wanted.find(({ ref }) => ref === parent(key.parent))),
  )
}

/** Schemas and enums of PostgreSQL, which stand beside the tables. */
function surroundings(wanted: readonly Wanted[], controlSchema: string | null): Making[] {
  const { quote } = sqlDialect('postgres', naming)
  const enums = new Map<string, readonly string[]>()
  const schemas = new Set<string>()
  if (controlSchema !== null) schemas.add(quote(controlSchema))
  for (const { ref, from, engine } of wanted) {
    const schema = ref.schema ?? (engine === 'postgres' ? from.inSchema : null)
    if (schema !== null && schema !== 'public') schemas.add(quote(schema))
    if (engine !== 'postgres') continue
    for (const { type, labels } of from.columns) {
      if (labels === null) continue
      enums.set(type, labels)
      const [, inSchema] = /^("(?:[^"]|"")*"|[^".]+)\./.exec(type) ?? []
      if (inSchema !== undefined && inSchema !== 'public') schemas.add(inSchema)
    }
  }
  const label = (one: string): string => `'${one.replaceAll("'", "''")}'`
  return [
    ...[...schemas].map((schema): Making => {
      return { statement: `CREATE SCHEMA IF NOT EXISTS ${schema}`, undo: null, labels: null }
    }),
    ...[...enums].map(([type, labels]): Making => {
      const statement = `CREATE TYPE ${type} AS ENUM (${labels.map(label).join(', ')})`
      return { statement, undo: `DROP TYPE IF EXISTS ${type}`, labels: { type, labels } }
    }),
  ]
}

/** One sentence for what is true of several tables. */
class Notes {
  readonly #tables = new Map<string, string[]>()

  add(side: Side, ref: TableRef, remarks: readonly string[]): void {
    for (const remark of remarks) {
      const places = this.#tables.get(remark) ?? []
      places.push(`${tableText(ref)} (${side})`)
      this.#tables.set(remark, places)
    }
  }

  get sentences(): readonly string[] {
    return [...this.#tables].map(([remark, places]) => `${places.join(', ')}: ${remark}`)
  }
}

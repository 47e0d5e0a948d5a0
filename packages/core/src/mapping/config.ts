// The user's description of a migration: which tables move, under which names, with which conversions.
// Parsing turns it into plain settings with every default filled in, or into one error that names each wrong option.

import { z } from 'zod'
import type { TableRef } from '../catalog.ts'
import { TwinwriteError } from '../errors.ts'
import type { Side } from '../stage.ts'
import { type MigrationOptions, type MigrationSettings, optionConflicts, optionShape } from './options.ts'
import { byName, configError, functionOf, options, whole } from './option-schema.ts'
import { parseTableName } from './table-name.ts'
import { unmappedReads } from '../reads/read-names.ts'

/**
 * Converts one column's canonical text (see `ColumnKind`) to the other side's canonical text; null is SQL NULL. Must be pure: apply
 * runs it again whenever it reads the row again. A function that throws rejects its row, which is then retried and blocked.
 */
export type ConvertText = (text: string | null) => string | null

/** A row for `up` and `down`: canonical texts by column name; null is SQL NULL. */
export type NamedRow = Record<string, string | null>

/** Turns a row of one side into columns of the other. Pure, as `ConvertText`. */
export type ConvertRow = (row: NamedRow) => NamedRow

export interface ColumnConfig {
  /** Name of the target column; the source column's own name when left out. */
  readonly to?: string
  /** Source text to target text; `down` must stand beside it. */
  readonly up?: ConvertText
  /** Target text to source text; `up` must stand beside it. */
  readonly down?: ConvertText
}

/** Columns to leave alone: names, or names with the canonical text that applied rows get there (null: the database fills it). */
export type IgnoredColumns = readonly string[] | Readonly<Record<string, string | null>>

export interface TableConfig {
  /** Target table, `orders` or `schema.orders`; the source's name, in the target's default schema, when left out. */
  readonly target?: string
  /** By source column: target column, or more about it. Columns of one name on both sides need not stand here. */
  readonly columns?: Readonly<Record<string, string | ColumnConfig>>
  /**
   * Columns that exist on one side only. They must be nullable or have a default, or be given a text here, which then is written
   * into every row that is applied to that side.
   */
  readonly ignore?: { readonly source?: IgnoredColumns; readonly target?: IgnoredColumns }
  /**
   * Makes target columns of a whole source row: all those that have no counterpart, and any that should differ from it. Key
   * columns always travel unchanged. `down` must stand beside it.
   */
  readonly up?: ConvertRow
  /** Makes source columns of a whole target row; `up` must stand beside it. */
  readonly down?: ConvertRow
  /**
   * Losses that are known and wanted: names of source columns, `trigger:NAME`, `foreign-key:NAME`. Fraction digits and times of day that
   * the other column does not hold are cut, zone-less times are taken as UTC; a value that still does not fit is refused, and its row
   * blocked.
   */
  readonly accept?: readonly string[]
}

/**
 * One migration.
 * @example
 * const migration: MigrationConfig = {
 *   name: 'shop',
 *   tables: {
 *     customers: true,
 *     orders: 'sales.purchases',
 *     items: { target: 'lines', columns: { qty: 'quantity' }, ignore: { target: { channel: 'web' } } },
 *   },
 * }
 */
export interface MigrationConfig extends MigrationOptions {
  /** Names the migration in the databases, in events and in commands: up to 64 letters, digits, `_`, `-` and `.`. */
  readonly name: string
  /** By source table (`orders` or `schema.orders`): true, the target table's name, or more about it. */
  readonly tables: Readonly<Record<string, true | string | TableConfig>>
}

export interface ColumnSettings {
  readonly to: string
  readonly convert: { readonly up: ConvertText; readonly down: ConvertText } | null
}

export interface TableSettings {
  readonly source: TableRef
  readonly target: TableRef
  readonly columns: ReadonlyMap<string, ColumnSettings>
  /** Ignored columns of each side, with the text that applied rows get there. */
  readonly ignore: Readonly<Record<Side, ReadonlyMap<string, string | null>>>
  readonly convert: { readonly up: ConvertRow; readonly down: ConvertRow } | null
  readonly accept: ReadonlySet<string>
}

/** A migration with every default filled in. */
export interface Migration extends MigrationSettings {
  readonly name: string
  /** By the mapping's name: the source table as the config writes it. */
  readonly tables: ReadonlyMap<string, TableSettings>
}

const columnName = z.string({ error: 'the name of a column' }).min(1, { error: 'the name of a column' })
const nameForm = 'a table name, "orders" or "schema.orders" (double quotes around a part that holds a dot)'
const tableName = z.string({ error: nameForm }).refine(isTableName, { error: nameForm })
const convertText = functionOf<ConvertText>('(text: string | null) => string | null')
const convertRow = functionOf<ConvertRow>('(row) => row')

const columnSchema = z.preprocess(
  (value) => (typeof value === 'string' ? { to: value } : value),
  options(
    { to: columnName.optional(), up: convertText.optional(), down: convertText.optional() },
    'the name of the target column, or an object { to?, up?, down? }',
  ).superRefine(bothWays),
)

const ignoreSchema = z.preprocess(
  (value) => (isNameList(value) ? Object.fromEntries(value.map((name) => [name, null])) : value),
  byName(
    z.string({ error: 'the canonical text for applied rows, or null' }).nullable(),
    'names of columns, or an object with a canonical text (or null) for each',
  ),
)

const acceptForm = 'an array of column names, "trigger:NAME" and "foreign-key:NAME"'

const tableSchema = z.preprocess(
  (value) => (value === true ? {} : typeof value === 'string' ? { target: value } : value),
  options(
    {
      target: tableName.optional(),
      columns: byName(columnSchema, 'an object: target column by source column').prefault({}),
      ignore: options(
        { source: ignoreSchema.prefault({}), target: ignoreSchema.prefault({}) },
        'an object { source?, target? }',
      ).prefault({}),
      up: convertRow.optional(),
      down: convertRow.optional(),
      accept: z.array(z.string({ error: acceptForm }), { error: acceptForm }).default([]),
    },
    'true, the name of the target table, or an object',
  ).superRefine(bothWays),
)

const migrationName = 'a name of up to 64 letters, digits, "_", "-" and "."'
const someTable = 'an object with at least one table'

const migrationSchema = options(
  {
    name: z.string({ error: migrationName }).regex(/^[\w.-]{1,64}$/, { error: migrationName }),
    tables: byName(tableSchema, someTable)
      .refine((tables) => tables.size > 0, { error: someTable })
      .superRefine((tables, context) => {
        for (const name of tables.keys()) {
          if (!isTableName(name)) whole(context, [name], `expected ${nameForm}`)
        }
      }),
    ...optionShape,
  },
  'an object { name, tables, ... }',
).superRefine((settings, context) => {
  const wrong = [...optionConflicts(settings), ...unmappedReads(settings.reads, settings.tables)]
  for (const { path, message } of wrong) whole(context, path, message)
})

/**
 * Reads the user's config.
 * @throws TwinwriteError TW_CONFIG_INVALID that names every wrong option by its path, what was given, and what it takes
 */
export function parseMigration(config: unknown): Migration {
  const parsed = migrationSchema.safeParse(config)
  if (!parsed.success) throw configError(parsed.error, config)
  const tables = new Map<string, TableSettings>()
  for (const [name, table] of parsed.data.tables) tables.set(name, tableSettings(name, table))
  return { ...parsed.data, tables }
}

/** Tables of one side that a migration needs from the catalog. */
export function tablesOf(migration: Migration, side: Side): TableRef[] {
  return [...migration.tables.values()].map((table) => table[side])
}

function tableSettings(name: string, table: z.output<typeof tableSchema>): TableSettings {
  const source = parsedName(name)
  const columns = new Map<string, ColumnSettings>()
  for (const [column, { to = column, up, down }] of table.columns) {
    columns.set(column, { to, convert: up === undefined || down === undefined ? null : { up, down } })
  }
  const { up, down } = table
  return {
    source,
    target: table.target === undefined ? { schema: null, name: source.name } : parsedName(table.target),
    columns,
    ignore: table.ignore,
    convert: up === undefined || down === undefined ? null : { up, down },
    accept: new Set(table.accept),
  }
}

function parsedName(text: string): TableRef {
  const ref = parseTableName(text)
  if (ref === null) throw new TwinwriteError('TW_CONFIG_INVALID', `${JSON.stringify(text)} is no table name`)
  return ref
}

function isTableName(text: string): boolean {
  return parseTableName(text) !== null
}

function isNameList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string')
}

/** A conversion without its way back would write unconverted values as soon as the sides exchange their roles. */
function bothWays(value: { up?: unknown; down?: unknown }, context: z.RefinementCtx): void {
  if ((value.up === undefined) === (value.down === undefined)) return
  const [given, missing] = value.up === undefined ? ['down', 'up'] : ['up', 'down']
  whole(
    context,
    [missing],
    `missing beside \`${given}\`; the sides exchange their roles, so both ways are needed`,
  )
}

// MySQL and MariaDB: tables as information_schema describes them.

import type {
  Column,
  ColumnKind,
  EngineName,
  ForeignKey,
  ReferentialAction,
  Table,
  TableRef,
  Trigger,
  UniqueKey,
} from '@twinwrite/core'
import { join, raw, render, type Sql, sql, value } from '../sql-text.ts'
import type { Session } from '../session.ts'
import { literal } from './quoting.ts'
import { otherNames, type View } from './other-names.ts'
import type { MysqlSession } from './session.ts'

const kinds: Record<string, ColumnKind> = {
  tinyint: 'integer',
  smallint: 'integer',
  mediumint: 'integer',
  int: 'integer',
  bigint: 'integer',
  year: 'integer',
  decimal: 'decimal',
  float: 'float32',
  double: 'float64',
  char: 'text',
  varchar: 'text',
  tinytext: 'text',
  text: 'text',
  mediumtext: 'text',
  longtext: 'text',
  set: 'text',
  inet4: 'text',
  inet6: 'text',
  enum: 'enum',
  binary: 'bytes',
  varbinary: 'bytes',
  tinyblob: 'bytes',
  blob: 'bytes',
  mediumblob: 'bytes',
  longblob: 'bytes',
  uuid: 'uuid',
  date: 'date',
  time: 'time',
  datetime: 'datetime',
  timestamp: 'instant',
  json: 'json',
  bit: 'bits',
}

const integerBits: Record<string, bigint> = {
  tinyint: 8n,
  smallint: 16n,
  mediumint: 24n,
  int: 32n,
  bigint: 64n,
}

interface Row {
  readonly [column: string]: string | null
}

/** Runs a query whose columns are named, as texts. */
async function named(session: Session, columns: readonly string[], rest: Sql): Promise<Row[]> {
  const list = columns.map((column) => `CAST(${column} AS CHAR)`).join(', ')
  const { rows } = await session.query(render(sql`SELECT ${raw(list)} ${rest}`, () => '?'))
  const short = columns.map((column) => column.replace(/^\w+\./, ''))
  return rows.map((row) =>
    Object.fromEntries(short.map((name, index) => [name, row[index] as string | null])),
  )
}

export async function catalog(session: Session, names: readonly TableRef[]): Promise<Table[]> {
  if (names.length === 0) return []
  const server = await session.query({ sql: 'SELECT DATABASE(), @@lower_case_table_names', bindings: [] })
  const [database, folding] = server.rows[0]!
  const wanted = names.map(({ schema, name }) => ({ schema: schema ?? String(database), name }))
  const within = (schema: string, table: string): Sql =>
    sql`(${join(
      wanted.map(
        (ref) => sql`(${raw(schema)} = ${value(ref.schema)} AND ${raw(table)} = ${value(ref.name)})`,
      ),
      ' OR ',
    )})`
  const here = within('TABLE_SCHEMA', 'TABLE_NAME')
  const tables = await named(
    session,
    ['TABLE_SCHEMA', 'TABLE_NAME'],
    sql`FROM information_schema.TABLES WHERE TABLE_TYPE = 'BASE TABLE' AND ${here}`,
  )
  const { engine } = session as MysqlSession
  const fold = folding === 0 ? (text: string) => text : (text: string) => text.toLowerCase()
  const parts: Parts = {
    engine,
    database: String(database),
    fold,
    views: await updatableViews(session),
    columns: await named(
      session,
      [
        'TABLE_SCHEMA',
        'TABLE_NAME',
        'COLUMN_NAME',
        'COLUMN_TYPE',
        'DATA_TYPE',
        'IS_NULLABLE',
        'COLUMN_DEFAULT',
        'EXTRA',
        'CHARACTER_MAXIMUM_LENGTH',
        'NUMERIC_PRECISION',
        'NUMERIC_SCALE',
        'DATETIME_PRECISION',
        'CHARACTER_SET_NAME',
        'COLLATION_NAME',
        'GENERATION_EXPRESSION',
      ],
      sql`FROM information_schema.COLUMNS WHERE ${here} ORDER BY TABLE_NAME, ORDINAL_POSITION`,
    ),
    indexes: await named(
      session,
      ['TABLE_SCHEMA', 'TABLE_NAME', 'INDEX_NAME', 'COLUMN_NAME', 'SUB_PART'],
      sql`FROM information_schema.STATISTICS WHERE NON_UNIQUE = 0 AND ${here}
        ORDER BY TABLE_NAME, INDEX_NAME <> 'PRIMARY', INDEX_NAME, SEQ_IN_INDEX`,
    ),
    foreignKeys: await foreignKeyRows(
      session,
      here,
      within('k.REFERENCED_TABLE_SCHEMA', 'k.REFERENCED_TABLE_NAME'),
    ),
    triggers: await named(
      session,
      ['EVENT_OBJECT_SCHEMA', 'EVENT_OBJECT_TABLE', 'TRIGGER_NAME', 'ACTION_TIMING', 'EVENT_MANIPULATION'],
      sql`FROM information_schema.TRIGGERS WHERE ${within('EVENT_OBJECT_SCHEMA', 'EVENT_OBJECT_TABLE')}
        ORDER BY TRIGGER_NAME`,
    ),
    jsonColumns: engine === 'mariadb' ? await jsonColumns(session, here) : new Set(),
  }
  return names.flatMap((_, index) => {
    const { schema, name } = wanted[index]!
    const same = (row: Row, as: (text: string) => string): boolean =>
      as(row['TABLE_NAME']!) === as(name) && as(row['TABLE_SCHEMA']!) === as(schema)
    const found = tables.find((row) => same(row, (text) => text)) ?? tables.find((row) => same(row, fold))
    return found === undefined ? [] : [describe(found, parts)]
  })
}

interface Parts {
  readonly engine: EngineName
  readonly database: string
  /** Makes names equal that are the same to the server. */
  readonly fold: (name: string) => string
  readonly views: readonly View[]
  readonly columns: readonly Row[]
  readonly indexes: readonly Row[]
  readonly foreignKeys: readonly Row[]
  readonly triggers: readonly Row[]
  readonly jsonColumns: ReadonlySet<string>
}

/** Of all schemas: a view need not stand beside its tables. */
async function updatableViews(session: Session): Promise<View[]> {
  const rows = await named(
    session,
    ['TABLE_SCHEMA', 'TABLE_NAME', 'VIEW_DEFINITION'],
    sql`FROM information_schema.VIEWS WHERE IS_UPDATABLE = 'YES' AND TABLE_SCHEMA NOT IN ('sys', 'mysql')
      ORDER BY TABLE_SCHEMA, TABLE_NAME`,
  )
  return rows.map((row) => ({
    schema: row['TABLE_SCHEMA']!,
    name: row['TABLE_NAME']!,
    definition: row['VIEW_DEFINITION'] ?? '',
  }))
}

async function foreignKeyRows(session: Session, here: Sql, referenced: Sql): Promise<Row[]> {
  return named(
    session,
    [
      'k.TABLE_SCHEMA',
      'k.TABLE_NAME',
      'k.CONSTRAINT_NAME',
      'k.COLUMN_NAME',
      'k.REFERENCED_TABLE_SCHEMA',
      'k.REFERENCED_TABLE_NAME',
      'k.REFERENCED_COLUMN_NAME',
      'r.DELETE_RULE',
      'r.UPDATE_RULE',
    ],
    sql`FROM information_schema.KEY_COLUMN_USAGE AS k JOIN information_schema.REFERENTIAL_CONSTRAINTS AS r
        ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME AND r.TABLE_NAME = k.TABLE_NAME
      WHERE k.REFERENCED_TABLE_NAME IS NOT NULL AND (${qualified(here)} OR ${referenced})
      ORDER BY k.TABLE_NAME, k.CONSTRAINT_NAME, k.ORDINAL_POSITION`,
  )
}

function qualified(condition: Sql): Sql {
  return {
    texts: condition.texts.map((text) => text.replace(/TABLE_SCHEMA|TABLE_NAME/g, 'k.$&')),
    values: condition.values,
  }
}

/** MariaDB's JSON is a text with a check. */
async function jsonColumns(session: Session, here: Sql): Promise<ReadonlySet<string>> {
  const schema: Sql = {
    texts: here.texts.map((text) => text.replaceAll('TABLE_SCHEMA', 'CONSTRAINT_SCHEMA')),
    values: here.values,
  }
  const rows = await named(
    session,
    ['CONSTRAINT_SCHEMA', 'TABLE_NAME', 'CONSTRAINT_NAME', 'CHECK_CLAUSE'],
    sql`FROM information_schema.CHECK_CONSTRAINTS WHERE ${schema}`,
  )
  return new Set(
    rows
      .map((row) => [row, /^json_valid\(`((?:[^`]|``)*)`\)$/i.exec(row['CHECK_CLAUSE']!)?.[1]] as const)
      .filter(([, name]) => name !== undefined)
      .map(([row, name]) =>
        columnId(row['CONSTRAINT_SCHEMA']!, row['TABLE_NAME']!, name!.replaceAll('``', '`')),
      ),
  )
}

const columnId = (schema: string, table: string, column: string): string =>
  JSON.stringify([schema, table, column])

function describe(found: Row, parts: Parts): Table {
  const [schema, name] = [found['TABLE_SCHEMA']!, found['TABLE_NAME']!]
  const isHere = (row: Row): boolean => row['TABLE_SCHEMA'] === schema && row['TABLE_NAME'] === name
  const columns = parts.columns.filter(isHere).map((row) => column(row, parts))
  const notNull = (wanted: string): boolean => columns.some((one) => one.name === wanted && !one.nullable)
  const keys = uniqueKeys(parts.indexes.filter(isHere))
  const key = keys.find((unique) => unique.columns?.every(notNull))
  const isParent = (row: Row): boolean =>
    row['REFERENCED_TABLE_SCHEMA'] === schema && row['REFERENCED_TABLE_NAME'] === name
  return {
    schema: schema === parts.database ? null : schema,
    inSchema: schema,
    name,
    columns,
    key: key?.columns ?? [],
    uniques: keys.filter((unique) => unique !== key),
    foreignKeys: foreignKeys(parts.foreignKeys.filter(isHere), parts.database),
    referencedBy: foreignKeys(parts.foreignKeys.filter(isParent), parts.database),
    triggers: parts.triggers
      .filter((row) => row['EVENT_OBJECT_SCHEMA'] === schema && row['EVENT_OBJECT_TABLE'] === name)
      .map((row): Trigger => ({
        name: row['TRIGGER_NAME']!,
        timing: row['ACTION_TIMING']!.toLowerCase() as Trigger['timing'],
        event: row['EVENT_MANIPULATION']!.toLowerCase(),
      })),
    writableThrough: otherNames({ schema, name }, parts.views, parts.database, parts.fold),
  }
}

function grouped(rows: readonly Row[], name: (row: Row) => string): Row[][] {
  const groups = new Map<string, Row[]>()
  for (const row of rows) groups.set(name(row), [...(groups.get(name(row)) ?? []), row])
  return [...groups.values()]
}

/** An index over a prefix or an expression says nothing about whole values. */
function uniqueKeys(rows: readonly Row[]): UniqueKey[] {
  return grouped(rows, (row) => row['INDEX_NAME']!).map((parts) => {
    const whole = parts.every((part) => part['COLUMN_NAME'] !== null && part['SUB_PART'] === null)
    return {
      name: parts[0]!['INDEX_NAME']!,
      columns: whole ? parts.map((part) => part['COLUMN_NAME']!) : null,
    }
  })
}

function foreignKeys(rows: readonly Row[], database: string): ForeignKey[] {
  const ref = (schema: string, name: string): TableRef => ({
    schema: schema === database ? null : schema,
    name,
  })
  return grouped(rows, (row) =>
    JSON.stringify([row['TABLE_SCHEMA'], row['TABLE_NAME'], row['CONSTRAINT_NAME']]),
  ).map((parts) => {
    const one = parts[0]!
    return {
      name: one['CONSTRAINT_NAME']!,
      child: ref(one['TABLE_SCHEMA']!, one['TABLE_NAME']!),
      childColumns: parts.map((part) => part['COLUMN_NAME']!),
      parent: ref(one['REFERENCED_TABLE_SCHEMA']!, one['REFERENCED_TABLE_NAME']!),
      parentColumns: parts.map((part) => part['REFERENCED_COLUMN_NAME']!),
      onDelete: one['DELETE_RULE']!.toLowerCase() as ReferentialAction,
      onUpdate: one['UPDATE_RULE']!.toLowerCase() as ReferentialAction,
    }
  })
}

function column(row: Row, parts: Parts): Column {
  const base = row['DATA_TYPE']!.toLowerCase()
  const type = row['COLUMN_TYPE']!
  const kind = kindOf(row, base, parts)
  const extra = row['EXTRA']!.toLowerCase()
  const counter = extra.includes('auto_increment')
  const initial = row['COLUMN_DEFAULT']
  const collation = row['COLLATION_NAME'] ?? null
  return {
    name: row['COLUMN_NAME']!,
    type:
      collation === null || kind === 'json'
        ? type
        : `${type} CHARACTER SET ${row['CHARACTER_SET_NAME']} COLLATE ${collation}`,
    kind,
    nullable: row['IS_NULLABLE'] === 'YES',
    generated: (row['GENERATION_EXPRESSION'] ?? '') !== '',
    counter,
    identityAlways: false,
    hasDefault: counter || (initial !== null && initial !== 'NULL') || extra.includes('default_generated'),
    ...defaultOf(row, parts),
    range: kind === 'integer' ? rangeOf(base, type) : null,
    length: lengthOf(row, kind),
    precision:
      kind === 'decimal' || (row['NUMERIC_SCALE'] !== null && kind.startsWith('float'))
        ? Number(row['NUMERIC_PRECISION'])
        : null,
    scale: scaleOf(row, kind),
    ...foldingOf(kind, collation, parts.engine),
    ...(collation !== null && /char|text/.test(base)
      ? { textOrder: textOrder(collation, parts.engine) }
      : {}),
    labels: base === 'enum' || base === 'set' ? labels(type) : null,
  }
}

/** MySQL tells literals without quotes, MariaDB with them. */
function defaultOf(row: Row, { engine }: Parts): { defaultText?: string } {
  const initial = row['COLUMN_DEFAULT']
  const extra = row['EXTRA']!.toLowerCase()
  if (initial === null || initial === undefined || initial === 'NULL' || extra.includes('generated always'))
    return {}
  if (/^current_timestamp/i.test(initial)) return { defaultText: initial }
  if (engine === 'mariadb') return { defaultText: initial }
  if (extra.includes('default_generated')) return { defaultText: `(${initial})` }
  return { defaultText: /^-?\d+(\.\d+)?$|^b'/.test(initial) ? initial : literal(initial) }
}

function kindOf(row: Row, base: string, parts: Parts): ColumnKind {
  if (/^tinyint\(1\)(?! unsigned)/.test(row['COLUMN_TYPE']!)) return 'boolean'
  if (parts.jsonColumns.has(columnId(row['TABLE_SCHEMA']!, row['TABLE_NAME']!, row['COLUMN_NAME']!)))
    return 'json'
  return kinds[base] ?? 'native'
}

function rangeOf(base: string, type: string): { min: string; max: string } {
  if (base === 'year') return { min: '0', max: '2155' }
  const bits = integerBits[base]!
  if (type.includes('unsigned')) return { min: '0', max: String(2n ** bits - 1n) }
  return { min: String(-(2n ** (bits - 1n))), max: String(2n ** (bits - 1n) - 1n) }
}

function lengthOf(row: Row, kind: ColumnKind): number | null {
  if (kind === 'bits') return Number(row['NUMERIC_PRECISION'])
  const given = row['CHARACTER_MAXIMUM_LENGTH']
  if ((kind !== 'text' && kind !== 'bytes') || row['DATA_TYPE'] === 'set' || given === null) return null
  const length = Number(given)
  return length >= 2 ** 32 - 1 ? null : length
}

function scaleOf(row: Row, kind: ColumnKind): number | null {
  if (kind === 'decimal' || kind === 'float32' || kind === 'float64') {
    return row['NUMERIC_SCALE'] === null ? null : Number(row['NUMERIC_SCALE'])
  }
  return row['DATETIME_PRECISION'] === null || kind === 'date' ? null : Number(row['DATETIME_PRECISION'])
}

/** Collations of one name order alike on servers of one kind; those by bytes as everywhere, where they have all characters. */
function textOrder(collation: string, engine: EngineName): string {
  return comparesBytes(collation) && /^(utf8mb[34]|ascii)_/.test(collation)
    ? 'bytes'
    : `${engine} ${collation}`
}

/** A collation of one name need not say the same on MySQL and MariaDB. */
function foldingOf(
  kind: ColumnKind,
  collation: string | null,
  engine: EngineName,
): Pick<Column, 'foldsText' | 'folding'> {
  if (kind !== 'text' || collation === null || comparesBytes(collation)) return { foldsText: false }
  return { foldsText: true, folding: `${engine} ${collation}` }
}

/** Binary collations compare bytes, but all older ones ignore blanks at the end. */
function comparesBytes(collation: string): boolean {
  return collation === 'binary' || collation === 'utf8mb4_0900_bin' || collation.endsWith('_nopad_bin')
}

function labels(type: string): string[] {
  return [...type.matchAll(/'((?:[^']|'')*)'/g)].map(([, label]) =>
    label!.replaceAll("''", "'").replaceAll('\\\\', '\\'),
  )
}

// SQLite: tables as its schema describes them. Declared types are free texts; the kind follows from the names in use and else from
// SQLite's own rules of affinity (https://www.sqlite.org/datatype3.html).

import type {
  Column,
  ColumnKind,
  ForeignKey,
  ReferentialAction,
  Table,
  TableRef,
  Trigger,
  UniqueKey,
} from '@twinwrite/core'
import type { Session } from '../session.ts'
import { noType } from './column-types.ts'
import { otherNames, type ViewTrigger } from './other-names.ts'

type Row = readonly unknown[]
type Run = (sql: string, ...bindings: unknown[]) => Promise<readonly Row[]>

export async function catalog(session: Session, names: readonly TableRef[]): Promise<Table[]> {
  const run: Run = async (sql, ...bindings) => (await session.query({ sql, bindings })).rows
  const all = await run(`SELECT name, sql FROM sqlite_schema WHERE type = 'table'`)
  const keys = await run(
    `SELECT s.name, f.id, f."from", f."table", f."to", f.on_delete, f.on_update FROM sqlite_schema AS s
     JOIN pragma_foreign_key_list(s.name) AS f WHERE s.type = 'table' ORDER BY s.name, f.id, f.seq`,
  )
  const triggersOfViews = await run(
    `SELECT t.tbl_name, t.sql FROM sqlite_schema AS t JOIN sqlite_schema AS v ON v.name = t.tbl_name COLLATE NOCASE
     WHERE t.type = 'trigger' AND v.type = 'view' ORDER BY t.name`,
  )
  const around: Around = {
    foreignKeys: await allForeignKeys(run, keys),
    viewTriggers: triggersOfViews.map(([view, definition]) => ({
      view: String(view),
      definition: String(definition),
    })),
  }
  const found: Table[] = []
  for (const ref of names) {
    if (ref.schema !== null && ref.schema.toLowerCase() !== 'main') continue
    const row = all.find(([name]) => same(name, ref.name))
    if (row !== undefined) found.push(await table(run, ref, String(row[0]), String(row[1]), around))
  }
  return found
}

/** What concerns several tables. */
interface Around {
  readonly foreignKeys: readonly ForeignKey[]
  readonly viewTriggers: readonly ViewTrigger[]
}

/** Names ignore case. */
function same(one: unknown, other: unknown): boolean {
  return String(one).toLowerCase() === String(other).toLowerCase()
}

async function table(
  run: Run,
  ref: TableRef,
  name: string,
  definition: string,
  { foreignKeys: keys, viewTriggers }: Around,
): Promise<Table> {
  const described = await run(
    'SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?)',
    name,
  )
  const primary = primaryKey(described)
  const indexes = await uniqueIndexes(run, name)
  const folding = foldingOf(indexes)
  const hasRowid = !/\bWITHOUT\s+ROWID\b/i.test(definition.slice(definition.lastIndexOf(')')))
  const columns = described.map((row) => column(row, primary.length === 1 && hasRowid, folding))
  const notNull = (wanted: string): boolean => columns.some((one) => one.name === wanted && !one.nullable)
  const isPrimary = (names: readonly string[] | null): boolean =>
    names !== null && names.join('\u0000') === primary.join('\u0000')
  const others = indexes.filter(({ columns: names }) => primary.length === 0 || !isPrimary(names))
  const chosen = primary.length > 0 ? undefined : others.find(({ columns: names }) => names?.every(notNull))
  return {
    schema: null,
    inSchema: 'main',
    name,
    columns,
    key: primary.length > 0 ? primary : (chosen?.columns ?? []),
    uniques: others
      .filter((unique) => unique !== chosen)
      .map(({ name: index, columns: names }) => ({ name: index, columns: names })),
    foreignKeys: keys.filter(({ child }) => same(child.name, name)),
    referencedBy: keys.filter(({ parent }) => same(parent.name, name)),
    triggers: await triggers(run, name),
    writableThrough: otherNames(name, viewTriggers),
  }
}

function primaryKey(described: readonly Row[]): string[] {
  return described
    .filter((row) => Number(row[4]) > 0)
    .sort((left, right) => Number(left[4]) - Number(right[4]))
    .map((row) => String(row[0]))
}

interface UniqueIndex extends UniqueKey {
  /** Columns with a collation that is not by bytes, and that one. */
  readonly folding: readonly (readonly [column: string, collation: string])[]
}

async function uniqueIndexes(run: Run, name: string): Promise<UniqueIndex[]> {
  const list = await run(
    'SELECT name, partial FROM pragma_index_list(?) WHERE "unique" = 1 ORDER BY seq DESC',
    name,
  )
  const found: UniqueIndex[] = []
  for (const [index, partial] of list) {
    const parts = await run(
      'SELECT name, coll FROM pragma_index_xinfo(?) WHERE key = 1 ORDER BY seqno',
      index,
    )
    const whole = Number(partial) === 0 && parts.every(([part]) => part !== null)
    found.push({
      name: String(index),
      columns: whole ? parts.map(([part]) => String(part)) : null,
      folding: parts
        .filter(([part, collation]) => part !== null && collation !== 'BINARY')
        .map(([part, collation]) => [String(part), String(collation)]),
    })
  }
  return found
}

/** What folds each column: its unique indexes may do so by several collations. */
function foldingOf(indexes: readonly UniqueIndex[]): Map<string, string> {
  const found = new Map<string, string>()
  const pairs = indexes.flatMap(({ folding }) => folding).sort(([, one], [, other]) => (one < other ? -1 : 1))
  for (const [name, collation] of pairs) {
    const before = found.get(name) ?? 'sqlite'
    if (!before.endsWith(` ${collation}`)) found.set(name, `${before} ${collation}`)
  }
  return found
}

function column(row: Row, mayBeRowid: boolean, foldings: ReadonlyMap<string, string>): Column {
  const [name, type, notNull, initial, position, hidden] = row
  const declared = String(type)
  const kind = kindOf(declared)
  const folding = foldings.get(String(name))
  const isRowid = mayBeRowid && Number(position) === 1 && /^integer$/i.test(declared)
  return {
    name: String(name),
    type: declared === '' ? noType : declared.toLowerCase(),
    kind,
    nullable: Number(notNull) === 0 && Number(position) === 0,
    generated: Number(hidden) >= 2,
    counter: isRowid,
    identityAlways: false,
    hasDefault: isRowid || initial !== null,
    ...(isRowid || initial === null ? {} : { defaultText: String(initial) }),
    range: kind === 'integer' ? { min: '-9223372036854775808', max: '9223372036854775807' } : null,
    length: null,
    precision: null,
    scale: null,
    ...(folding === undefined ? { foldsText: false } : { foldsText: true, folding }),
    labels: null,
  }
}

const named: readonly (readonly [RegExp, ColumnKind])[] = [
  [/^bool/, 'boolean'],
  [/^date$/, 'date'],
  [/^(datetime|timestamp)/, 'datetime'],
  [/^time$/, 'time'],
  [/^jsonb?$/, 'json'],
  [/^uuid$/, 'uuid'],
  [/^(var)?binary|^bytea$/, 'bytes'],
  // SQLite's own order of rules
  [/int/, 'integer'],
  [/char|clob|text/, 'text'],
  [/blob/, 'bytes'],
  [/real|floa|doub/, 'float64'],
  [/^(decimal|numeric|number|money)/, 'decimal'],
]

function kindOf(declared: string): ColumnKind {
  const type = declared.toLowerCase().replace(/\(.*$/, '').trim()
  return named.find(([pattern]) => pattern.test(type))?.[1] ?? 'native'
}

/** A foreign key that names no columns means the parent's primary key. */
async function allForeignKeys(run: Run, rows: readonly Row[]): Promise<ForeignKey[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const id = JSON.stringify([row[0], String(row[1])])
    groups.set(id, [...(groups.get(id) ?? []), row])
  }
  const found: ForeignKey[] = []
  for (const parts of groups.values()) {
    const [child, id, , parent, to, onDelete, onUpdate] = parts[0]!
    const described =
      to === null
        ? await run('SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_xinfo(?)', parent)
        : []
    found.push({
      name: `${String(child)}_${String(id)}`,
      child: { schema: null, name: String(child) },
      childColumns: parts.map((part) => String(part[2])),
      parent: { schema: null, name: String(parent) },
      parentColumns: to === null ? primaryKey(described) : parts.map((part) => String(part[4])),
      onDelete: String(onDelete).toLowerCase() as ReferentialAction,
      onUpdate: String(onUpdate).toLowerCase() as ReferentialAction,
    })
  }
  return found
}

const head = /\b(?:(before|after|instead\s+of)\s+)?(insert|delete|update)\b/i

async function triggers(run: Run, table: string): Promise<Trigger[]> {
  const rows = await run(
    `SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE ORDER BY name`,
    table,
  )
  return rows.map(([name, definition]) => {
    const text = String(definition)
    const [, timing, event] = head.exec(text.slice(text.indexOf(String(name)) + String(name).length)) ?? []
    return {
      name: String(name),
      timing: (timing ?? 'before').toLowerCase().replace(/\s+/, ' ') as Trigger['timing'],
      event: (event ?? '').toLowerCase(),
    }
  })
}

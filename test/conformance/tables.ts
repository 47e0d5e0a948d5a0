// The tables of the proofs, in words that no engine and no ORM owns: what the source calls them, what the target calls
// them, and what their columns hold. DDL, the migration's configuration and the exact comparison are all made of this.

import type { MigrationConfig, Side } from '@twinwrite/core'

/** What a column holds; each has a type per engine and a canonical text (see `column-types.ts`). */
export type Kind =
  | 'counter'
  | 'serial'
  | 'int'
  | 'bigint'
  | 'money'
  | 'exact'
  | 'double'
  | 'boolean'
  | 'json'
  | 'bytes'
  | 'uuid'
  | 'datetime'
  | 'date'
  | 'code'
  | 'text'

export interface ColumnSpec {
  /** Name on the source. */
  readonly name: string
  /** Name on the target. */
  readonly to: string
  readonly kind: Kind
  readonly required: boolean
  readonly unique: boolean
  /** SQL literal that every engine reads the same. */
  readonly fallback: string | null
  /** Parent table by its source name, whose deletion takes the row along. */
  readonly parent: { readonly table: string; readonly column: string } | null
}

export interface TableSpec {
  readonly source: string
  readonly target: string
  /** Source names. */
  readonly key: readonly string[]
  /** In the order of the source's definition; the target has them the other way round. */
  readonly columns: readonly ColumnSpec[]
}

type Given = Partial<Omit<ColumnSpec, 'name' | 'kind'>>

function column(name: string, kind: Kind, given: Given = {}): ColumnSpec {
  return {
    name,
    kind,
    to: given.to ?? name,
    required: given.required ?? false,
    unique: given.unique ?? false,
    fallback: given.fallback ?? null,
    parent: given.parent ?? null,
  }
}

const required = true
const unique = true

/** Parents before children. */
export const tables: readonly TableSpec[] = [
  {
    source: 'items',
    target: 'things',
    key: ['id'],
    columns: [
      column('id', 'counter', { to: 'thing_id' }),
      column('code', 'code', { to: 'label', required, unique }),
      column('name', 'text', { to: 'title' }),
      column('n', 'int', { required, fallback: '0' }),
      column('price', 'money', { to: 'amount' }),
    ],
  },
  {
    source: 'lines',
    target: 'entries',
    key: ['tenant', 'sku'],
    columns: [
      column('tenant', 'int', { to: 'org', required }),
      column('sku', 'code', { to: 'article', required }),
      column('n', 'int'),
      column('note', 'text', { to: 'remark' }),
    ],
  },
  {
    source: 'tags',
    target: 'tags',
    key: ['word'],
    columns: [column('word', 'code', { required }), column('weight', 'int')],
  },
  {
    source: 'samples',
    target: 'specimens',
    key: ['id'],
    columns: [
      column('id', 'int', { to: 'specimen_id', required }),
      column('big', 'bigint'),
      column('exact', 'exact', { to: 'precise' }),
      column('ratio', 'double'),
      column('flag', 'boolean', { to: 'is_on' }),
      column('data', 'json', { to: 'document' }),
      column('bytes', 'bytes', { to: 'content' }),
      column('ref', 'uuid'),
      column('moment', 'datetime', { to: 'happened' }),
      column('day', 'date'),
      column('body', 'text'),
      column('lastSeen', 'code', { to: 'seenBy' }),
    ],
  },
  {
    source: 'owners',
    target: 'holders',
    key: ['id'],
    columns: [
      column('id', 'serial', { to: 'holder_id' }),
      column('name', 'code', { to: 'fullName', required }),
    ],
  },
  {
    source: 'pets',
    target: 'animals',
    key: ['id'],
    columns: [
      column('id', 'int', { required }),
      column('ownerId', 'int', {
        to: 'holder_id',
        required,
        parent: { table: 'owners', column: 'id' },
      }),
      column('name', 'code'),
    ],
  },
  {
    source: 'tokens',
    target: 'passes',
    key: ['id'],
    columns: [
      column('id', 'uuid', { to: 'pass_id', required }),
      column('holder', 'code', { to: 'bearer' }),
      column('n', 'int'),
    ],
  },
]

export function tableOf(source: string, among: readonly TableSpec[] = tables): TableSpec {
  const found = among.find((table) => table.source === source)
  if (found === undefined) throw new Error(`there is no table ${source}`)
  return found
}

export function columnOf(table: TableSpec, source: string): ColumnSpec {
  const found = table.columns.find(({ name }) => name === source)
  if (found === undefined) throw new Error(`table ${table.source} has no column ${source}`)
  return found
}

/** Name of a table or column on a side. */
export const nameOn = (side: Side, { source, target }: TableSpec): string =>
  side === 'source' ? source : target
export const columnOn = (side: Side, { name, to }: ColumnSpec): string => (side === 'source' ? name : to)

/** @param crosses whether the sides are of different engines, whose column types then differ in ways that are accepted by name */
export function migrationConfig(
  name: string,
  among: readonly TableSpec[],
  crosses: boolean,
  options: Partial<MigrationConfig> = {},
): MigrationConfig {
  return {
    name,
    tables: Object.fromEntries(
      among.map((table) => [
        table.source,
        {
          target: table.target,
          columns: Object.fromEntries(
            table.columns.filter(({ name, to }) => name !== to).map(({ name, to }) => [name, to]),
          ),
          accept: crosses ? table.columns.map((column) => column.name) : [],
        },
      ]),
    ),
    ...options,
  }
}

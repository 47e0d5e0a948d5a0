// The tables of schema/shop.prisma, as `prisma migrate` would make them, for every engine and both sides.

import type { Side } from '@twinwrite/core'
import type { Engine, FreshDatabase } from '@twinwrite/testkit'
import { plainSession, quoted } from '../conformance/plain-session.ts'

type Kind =
  | 'counter'
  | 'text'
  | 'id'
  | 'int'
  | 'bigint'
  | 'decimal'
  | 'float'
  | 'bool'
  | 'json'
  | 'bytes'
  | 'time'
  | 'role'

const types: Record<Engine, Record<Kind, string>> = {
  postgres: {
    counter: 'SERIAL',
    text: 'TEXT',
    id: 'TEXT',
    int: 'INTEGER',
    bigint: 'BIGINT',
    decimal: 'DECIMAL(65,30)',
    float: 'DOUBLE PRECISION',
    bool: 'BOOLEAN',
    json: 'JSONB',
    bytes: 'BYTEA',
    time: 'TIMESTAMP(3)',
    role: '"Role"',
  },
  mysql: mysqlTypes(),
  mariadb: mysqlTypes(),
  sqlite: {
    counter: 'INTEGER',
    text: 'TEXT',
    id: 'TEXT',
    int: 'INTEGER',
    bigint: 'BIGINT',
    decimal: 'DECIMAL',
    float: 'REAL',
    bool: 'BOOLEAN',
    json: 'JSONB',
    bytes: 'BLOB',
    time: 'DATETIME',
    role: 'TEXT',
  },
}

function mysqlTypes(): Record<Kind, string> {
  return {
    counter: 'INTEGER',
    text: 'VARCHAR(191)',
    id: 'VARCHAR(191)',
    int: 'INTEGER',
    bigint: 'BIGINT',
    decimal: 'DECIMAL(65,30)',
    float: 'DOUBLE',
    bool: 'BOOLEAN',
    json: 'JSON',
    bytes: 'LONGBLOB',
    time: 'DATETIME(3)',
    role: 'ROLE',
  }
}

interface ColumnSpec {
  readonly name: string
  readonly target: string
  readonly kind: Kind
  readonly nullable: boolean
  readonly default: string | null
}

interface TableSpec {
  readonly name: string
  readonly target: string
  readonly columns: readonly ColumnSpec[]
  readonly key: readonly string[]
  readonly uniques: readonly (readonly string[])[]
  readonly parents: readonly { readonly column: string; readonly table: string; readonly rule: string }[]
}

/** `name>target kind[?] [=default]` */
function column(text: string): ColumnSpec {
  const [, name, target, kind, nullable, fallback] = /^(\w+)(?:>(\w+))? (\w+)(\?)?(?: =(.+))?$/.exec(text)!
  return {
    name: name!,
    target: target ?? name!,
    kind: kind as Kind,
    nullable: nullable !== undefined,
    default: fallback ?? null,
  }
}

function table(
  names: string,
  columns: readonly string[],
  more: {
    readonly key?: readonly string[]
    readonly uniques?: readonly string[]
    readonly parents?: readonly string[]
  } = {},
): TableSpec {
  const [name, target = name] = names.split('>')
  const { key = ['id'], uniques = [], parents = [] } = more
  return {
    name: name!,
    target: target!,
    columns: columns.map(column),
    key,
    uniques: uniques.map((one) => one.split(' ')),
    parents: parents.map((text) => {
      const [child, parent, ...rule] = text.split(' ')
      return { column: child!, table: parent!, rule: rule.join(' ') }
    }),
  }
}

export const shopTables: readonly TableSpec[] = [
  table(
    'User>app_users',
    [
      'id>user_id counter',
      'email>email_addr id',
      'name>full_name text?',
      `role role ='USER'`,
      'balance int =0',
      'bossId>boss_id int?',
    ],
    { uniques: ['email'], parents: ['bossId User SET NULL'] },
  ),
  table('Profile>app_profiles', ['id counter', 'bio text', 'userId>user_id int'], {
    uniques: ['userId'],
    parents: ['userId User CASCADE'],
  }),
  table(
    'Post>app_posts',
    [
      'id counter',
      'title text',
      'views int =0',
      'createdAt>created_at time',
      'updatedAt>updated_at time',
      'authorId>author_id int?',
    ],
    { parents: ['authorId User SET NULL'] },
  ),
  table('Comment>app_comments', ['id counter', 'text text', 'postId>post_id int'], {
    parents: ['postId Post CASCADE'],
  }),
  table('Tag>app_tags', ['id id', 'label id'], { uniques: ['label'] }),
  table('Group>app_groups', ['id id', 'name text']),
  table('Membership>app_memberships', ['userId>user_id int', 'groupId>group_id id', 'level int =1'], {
    key: ['userId', 'groupId'],
    parents: ['userId User CASCADE', 'groupId Group CASCADE'],
  }),
  table('Invoice>app_invoices', ['id counter', 'total decimal', 'userId>user_id int'], {
    parents: ['userId User RESTRICT'],
  }),
  table('Slot>app_slots', ['id counter', 'room id', 'number int', 'holder text?'], {
    uniques: ['room number'],
  }),
  table('Sample>app_samples', [
    'id id',
    'big bigint?',
    'exact decimal?',
    'ratio float?',
    'flag bool?',
    'data json?',
    'raw>raw_bytes bytes?',
    'moment time?',
    'role role?',
  ]),
  table('_PostToTag', ['A int', 'B id'], { key: ['A', 'B'], parents: ['A Post CASCADE', 'B Tag CASCADE'] }),
  table('_Friends', ['A int', 'B int'], { key: ['A', 'B'], parents: ['A User CASCADE', 'B User CASCADE'] }),
]

/** Makes them in an empty database. */
export async function makeShop(database: FreshDatabase, side: Side): Promise<void> {
  const session = await plainSession(database)
  try {
    for (const sql of shopStatements(database.engine, side)) await session.query(sql)
  } finally {
    session.end()
  }
}

function shopStatements(engine: Engine, side: Side): string[] {
  const labels = side === 'source' ? `'USER', 'ADMIN'` : `'USER', 'boss'`
  const made = shopTables.map((one) => createTable(engine, side, one, labels))
  const counters = shopTables
    .filter(isCounted)
    .map((one, index) => startCounter(engine, side, one, 10_000 * (index + 1)))
  const types = engine === 'postgres' ? [`CREATE TYPE "Role" AS ENUM (${labels})`] : []
  return [...types, ...made, ...counters]
}

const isCounted = ({ columns }: TableSpec): boolean => columns.some(({ kind }) => kind === 'counter')

/** Generated ids are greater than every other number of the tests, and no table gives those of another one. */
function startCounter(engine: Engine, side: Side, spec: TableSpec, last: number): string {
  const name = side === 'source' ? spec.name : spec.target
  const { name: id, target } = spec.columns.find(({ kind }) => kind === 'counter')!
  const column = side === 'source' ? id : target
  if (engine === 'postgres') return `SELECT setval(pg_get_serial_sequence('"${name}"', '${column}'), ${last})`
  if (engine === 'sqlite') return `INSERT INTO sqlite_sequence (name, seq) VALUES ('${name}', ${last})`
  return `ALTER TABLE ${quoted(engine, name)} AUTO_INCREMENT = ${last + 1}`
}

function createTable(engine: Engine, side: Side, spec: TableSpec, labels: string): string {
  const q = (name: string): string => quoted(engine, name)
  const named = (one: ColumnSpec): string => q(side === 'source' ? one.name : one.target)
  const find = (name: string, from = spec): ColumnSpec => from.columns.find((one) => one.name === name)!
  const isMysql = engine === 'mysql' || engine === 'mariadb'
  const rowid = engine === 'sqlite' && spec.columns.some(({ kind }) => kind === 'counter')
  const lines = spec.columns.map((one) => {
    const type = one.kind === 'role' && isMysql ? `ENUM(${labels})` : types[engine][one.kind]
    const counter =
      one.kind !== 'counter'
        ? ''
        : isMysql
          ? ' AUTO_INCREMENT'
          : engine === 'sqlite'
            ? ' PRIMARY KEY AUTOINCREMENT'
            : ''
    const fallback = one.default === null ? '' : ` DEFAULT ${one.default}`
    return `${named(one)} ${type}${one.nullable ? '' : ' NOT NULL'}${counter}${fallback}`
  })
  const key = spec.key.map((name) => named(find(name))).join(', ')
  // As Prisma makes the tables of implicit relations.
  const keyless = spec.name.startsWith('_') && engine !== 'postgres'
  if (!rowid) lines.push(`${keyless ? 'UNIQUE' : 'PRIMARY KEY'} (${key})`)
  for (const unique of spec.uniques)
    lines.push(`UNIQUE (${unique.map((name) => named(find(name))).join(', ')})`)
  for (const { column: child, table: parent, rule } of spec.parents) {
    const other = shopTables.find(({ name }) => name === parent)!
    const otherName = q(side === 'source' ? other.name : other.target)
    // Prisma's default; MySQL has none for a table that refers to itself.
    const onUpdate = parent === spec.name ? 'NO ACTION' : 'CASCADE'
    lines.push(
      `FOREIGN KEY (${named(find(child))}) REFERENCES ${otherName} (${named(find('id', other))}) ON DELETE ${rule} ON UPDATE ${onUpdate}`,
    )
  }
  return `CREATE TABLE ${q(side === 'source' ? spec.name : spec.target)} (${lines.join(', ')})`
}

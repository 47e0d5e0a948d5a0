// What differs between Knex's dialects for a statement that is carried from one to another, as data.

/** Dialects by what Knex compiles for them; MariaDB behind mysql2 is `mysql`. */
export type DialectName = 'postgres' | 'mysql' | 'sqlite'

const byDriver: Readonly<Record<string, DialectName>> = {
  pg: 'postgres',
  mysql2: 'mysql',
  'better-sqlite3': 'sqlite',
}

/** Undefined for a driver that twinwrite does not support. */
export function dialectOf(driverName: string): DialectName | undefined {
  return Object.hasOwn(byDriver, driverName) ? byDriver[driverName] : undefined
}

export interface DialectFacts {
  /** Whether `Price` and `price` are one column. */
  readonly foldsColumns: boolean
  /** Whether `Orders` and `orders` are one table. */
  readonly foldsTables: boolean
  /** A bare name in HAVING means the select list's alias first, not the column of a table. */
  readonly havingPrefersAlias: boolean
  /** NULL for a column that the database numbers asks for the next number. */
  readonly nullCounts: boolean
  /** Comparison operators that mean the same in every dialect are in `portableOperators`; these are its own. */
  readonly now: string
  readonly uuid: string
  /** Clauses that Knex's compiler for this dialect puts into the SQL text; it drops others without a word. */
  readonly honours: Readonly<Record<'insert' | 'update' | 'del', ReadonlySet<WriteClause>>>
}

export type WriteClause =
  | 'with'
  | 'join'
  | 'where'
  | 'order'
  | 'limit'
  | 'returning'
  | 'updateFrom'
  | 'using'
  | 'onConflict'
  | 'onConflict().merge().where'

const set = (...clauses: WriteClause[]): ReadonlySet<WriteClause> => new Set(clauses)

export const dialects: Readonly<Record<DialectName, DialectFacts>> = {
  postgres: {
    foldsColumns: false,
    foldsTables: false,
    havingPrefersAlias: false,
    nullCounts: false,
    now: 'CURRENT_TIMESTAMP',
    uuid: '(gen_random_uuid())',
    honours: {
      insert: set('with', 'returning', 'onConflict', 'onConflict().merge().where'),
      update: set('with', 'where', 'returning', 'updateFrom'),
      del: set('with', 'join', 'where', 'returning', 'using'),
    },
  },
  mysql: {
    foldsColumns: true,
    foldsTables: false,
    havingPrefersAlias: true,
    nullCounts: true,
    now: 'CURRENT_TIMESTAMP',
    uuid: '(UUID())',
    honours: {
      insert: set('with', 'onConflict'),
      update: set('with', 'join', 'where', 'order', 'limit'),
      del: set('with', 'join', 'where', 'limit'),
    },
  },
  sqlite: {
    foldsColumns: true,
    foldsTables: true,
    havingPrefersAlias: false,
    nullCounts: true,
    now: 'CURRENT_TIMESTAMP',
    uuid:
      "(lower(hex(randomblob(4))) || '-' || lower(hex(randomblob(2))) || '-4' || substr(lower(hex(randomblob(2))),2) || '-' || " +
      "substr('89ab',abs(random()) % 4 + 1, 1) || substr(lower(hex(randomblob(2))),2) || '-' || lower(hex(randomblob(6))))",
    honours: {
      insert: set('with', 'returning', 'onConflict', 'onConflict().merge().where'),
      update: set('with', 'where', 'returning'),
      del: set('with', 'join', 'where'),
    },
  },
}

/** Operators of `where(column, operator, value)` that mean the same everywhere, up to collation. */
export const portableOperators: ReadonlySet<string> = new Set([
  '=',
  '<',
  '>',
  '<=',
  '>=',
  '<>',
  '!=',
  'like',
  'not like',
  'between',
  'not between',
  'exists',
  '&',
  '<<',
  '>>',
])

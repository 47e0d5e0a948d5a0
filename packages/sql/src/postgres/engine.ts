// PostgreSQL, through node-postgres.

import { join, raw, Sql, sql, value } from '../sql-text.ts'
import type { SqlEngine } from '../sql-engine.ts'
import { keysByTable } from '../store/keys-by-table.ts'
import { catalog } from './catalog.ts'
import { columnTypes } from './column-types.ts'
import { control } from './control-tables.ts'
import { counters, raiseCounter } from './counters.ts'
import { dialect } from './dialect.ts'
import { digest } from './digest.ts'
import { reason } from './errors.ts'
import { inspect } from './inspect.ts'
import { encodedKey, keyArrays, keysMatch, storable } from './keys.ts'
import { integer, literal, quote, tableName } from './quoting.ts'
import { connect, type PostgresSession } from './session.ts'
import { now } from './time.ts'
import { lines } from './lines.ts'
import { lagReader } from './replication.ts'
import { createIndexes, dropIndex, spareIndexes } from './spare-indexes.ts'
import { olderTransactions, transactionMark } from './transactions.ts'
import { values } from './values.ts'
import { write } from './write-rows.ts'

const byId: SqlEngine['journalById'] = (table, ids) => ({
  from: raw(`${table} AS j`),
  where: sql`j.id = ANY (${value(ids)}::bigint[])`,
})

export const postgres: SqlEngine = {
  name: 'postgres',
  columnTypes,
  values,
  write,
  now: raw(now),
  forUpdate: () => raw(' FOR UPDATE OF t'),
  sessionsPerPool: 4,
  dialect,
  quote,
  table: tableName,
  placeholder: (position) => `$${position}`,
  literal,
  control,
  connect,
  reason,
  unionText: (expression) => sql`${expression}::text`,
  rowsByKey: (table, keys) => {
    const mark = '\u0001'
    const texts = keysMatch(
      table,
      't',
      table.key.map(() => mark),
    ).split(mark)
    return { from: raw(`${tableName(table.table)} AS t`), where: new Sql(texts, keyArrays(table, keys)) }
  },
  journalByKey: (journal, keys) => ({
    from: raw(`${journal} AS j`),
    where: sql`(${join(
      [...keysByTable(keys)].map(
        ([table, some]) =>
          sql`(j.tbl = ${value(table)} AND j.row_key = ANY (${value(storable(some))}::text[]))`,
      ),
      ' OR ',
    )})`,
  }),
  journalById: byId,
  markId: 'j.id',
  marksById: byId,
  keysEqual: (table, alias, keys) => {
    const parts = table.key.map((column) => values.canonical(column, `${alias}.${quote(column.name)}`))
    return sql`(${raw(encodedKey(parts))}) = ANY (${value(storable(keys))}::text[])`
  },
  deleteOf: () => 'DELETE',
  keyOrder: (_, expression) => expression,
  times: { order: (_, expression) => expression, bound: values.typed },

  beginApply: async (session, select) => {
    const answers = await (session as PostgresSession).script(
      `BEGIN ISOLATION LEVEL READ COMMITTED; ${select}`,
    )
    return answers.at(-1)!
  },

  lockStripes: (lock, stripes, mode) => ({
    sql: `SELECT slot FROM ${lock} WHERE slot = ANY ($1::int[]) ORDER BY slot FOR UPDATE${mode === 'skip' ? ' SKIP LOCKED' : ''}`,
    bindings: [stripes],
  }),

  // One text: a controller that pauses or dies can't keep the lock that every write waits for.
  changeFence: async (session, fence, update, lockTimeoutMs) => {
    const answers = await (session as PostgresSession).script(
      `BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = ${integer(Math.max(1, Math.ceil(lockTimeoutMs)))};` +
        ` LOCK TABLE ${fence} IN ACCESS EXCLUSIVE MODE; ${update}; COMMIT`,
    )
    return answers.at(-2)!
  },

  // Never analysed: what stands in the file is a better guess than nothing.
  estimate: ({ table }) => ({
    sql:
      `SELECT CASE WHEN reltuples >= 0 THEN reltuples::bigint ELSE pg_relation_size(oid) / 100 END` +
      ` FROM pg_class WHERE oid = ${literal(tableName(table))}::regclass`,
    bindings: [],
  }),

  lines,
  digest,
  spareIndexes,
  dropIndex,
  createIndexes,
  ddlInTransaction: true,
  lagReader,
  tableNames: `SELECT c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1`,
  inspect,
  catalog,
  counters,
  raiseCounter,
  transactionMark,
  olderTransactions,
}

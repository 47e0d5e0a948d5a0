// SQLite, through better-sqlite3. A writing transaction is alone in the database: it needs no locks of rows or stripes.

import { join, nothing, raw, sql, value } from '../sql-text.ts'
import type { SqlEngine } from '../sql-engine.ts'
import { catalog } from './catalog.ts'
import { columnTypes } from './column-types.ts'
import { control, now } from './control-tables.ts'
import { counters, raiseCounter } from './counters.ts'
import { dialect } from './dialect.ts'
import { reason } from './errors.ts'
import { inspect } from './inspect.ts'
import { keysEqual, keysMatch } from './keys.ts'
import { integer, literal, quote, tableName } from './quoting.ts'
import { connect, type SqliteSession } from './session.ts'
import { lagReader } from './replication.ts'
import { createIndexes, dropIndex, spareIndexes } from './spare-indexes.ts'
import { olderTransactions, transactionMark } from './transactions.ts'
import { values } from './values.ts'
import { write } from './write-rows.ts'

/** A mark that is set again takes the place of the one before it, at a later time. */
const markId = 'json_array(j.tbl, j.reason, j.created_at)'

export const sqlite: SqlEngine = {
  name: 'sqlite',
  columnTypes,
  values,
  write,
  now: raw(now),
  forUpdate: () => nothing,
  sessionsPerPool: 2,
  dialect,
  quote,
  table: tableName,
  placeholder: () => '?',
  literal,
  control,
  connect,
  reason,
  unionText: (expression) => expression,
  rowsByKey: (table, keys) => ({
    from: raw(`${tableName(table.table)} AS t`),
    where: keysMatch(table, 't', keys),
  }),
  journalByKey: (journal, keys) => ({
    from: raw(`${journal} AS j`),
    // One document: SQLite takes 32,766 values in a statement, and the keys of the rows stand in it, too.
    where: sql`(j.row_key, j.tbl) IN (SELECT value ->> 0, value ->> 1 FROM json_each(${value(
      JSON.stringify(keys.map(({ table, key }) => [key, table])),
    )}))`,
  }),
  journalById: (journal, ids) => ({
    from: raw(`${journal} AS j`),
    where: sql`j.id IN (${join(
      ids.map((id) => value(BigInt(id))),
      ', ',
    )})`,
  }),
  markId,
  marksById: (mark, ids) => ({
    from: raw(`${mark} AS j`),
    where: sql`${raw(markId)} IN (${join(ids.map(value), ', ')})`,
  }),
  keysEqual,
  deleteOf: () => 'DELETE',
  keyOrder: (_, expression) => expression,
  // Times are stored in several ways; only their texts are in order.
  times: { order: values.canonical, bound: (_, text) => text },

  beginApply: async (session, select) => {
    await session.query({ sql: 'BEGIN IMMEDIATE', bindings: [] })
    return session.query({ sql: select, bindings: [] })
  },

  lockStripes: (lock, stripes) => ({
    sql: `SELECT slot FROM ${lock} WHERE slot IN (${stripes.map(integer).join(', ')}) ORDER BY slot`,
    bindings: [],
  }),

  changeFence: (session, _, update, lockTimeoutMs) =>
    (session as SqliteSession).exclusively([{ sql: update, bindings: [] }], lockTimeoutMs),

  // There are no statistics before ANALYZE; counting takes milliseconds.
  estimate: ({ table }) => ({ sql: `SELECT count(*) FROM ${tableName(table)}`, bindings: [] }),

  lines: null,
  digest: null,
  spareIndexes,
  dropIndex,
  createIndexes,
  ddlInTransaction: true,
  lagReader,
  tableNames: `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite^_%' ESCAPE '^' ORDER BY 1`,
  inspect,
  catalog,
  counters,
  raiseCounter,
  transactionMark,
  olderTransactions,
}

// MySQL and MariaDB, through mysql2. One engine: where the servers differ, the session knows which one it speaks to.

import type { EngineName } from '@twinwrite/core'
import { join, raw, sql, value } from '../sql-text.ts'
import type { SqlEngine } from '../sql-engine.ts'
import { catalog } from './catalog.ts'
import { columnTypes } from './column-types.ts'
import { control } from './control-tables.ts'
import { counters, raiseCounter } from './counters.ts'
import { dialect } from './dialect.ts'
import { now, shared } from './sql-words.ts'
import { reason } from './errors.ts'
import { inspect } from './inspect.ts'
import { byId, journalByKey, rowsByKey } from './found.ts'
import { encodedKey, padded } from './keys.ts'
import { integer, literal, quote, tableName } from './quoting.ts'
import { connect, type MysqlSession } from './session.ts'
import { lines } from './lines.ts'
import { lagReader } from './replication.ts'
import { createIndexes, dropIndex, spareIndexes } from './spare-indexes.ts'
import { olderTransactions, transactionMark } from './transactions.ts'
import { values } from './values.ts'
import { write } from './write-rows.ts'

function engine(name: EngineName): SqlEngine {
  const bytes = (texts: readonly string[]) =>
    join(
      padded(texts).map((text) => value(Buffer.from(text, 'utf8'))),
      ', ',
    )
  return {
    name,
    columnTypes: columnTypes(name),
    values,
    write,
    now: raw(now),
    // MySQL cannot lock the document, MariaDB cannot be told what to lock.
    forUpdate: (session) =>
      raw((session as MysqlSession).engine === 'mysql' ? ' FOR UPDATE OF t' : ' FOR UPDATE'),
    sessionsPerPool: 4,
    dialect: (naming) => dialect(name, naming),
    quote,
    table: tableName,
    placeholder: () => '?',
    literal,
    control,
    connect,
    reason,
    unionText: (expression) => sql`CAST(${expression} AS BINARY)`,
    rowsByKey,
    journalByKey,
    journalById: byId,
    markId: 'CAST(j.id AS CHAR)',
    marksById: byId,
    keysEqual: (table, alias, keys) => {
      const parts = table.key.map((column) => values.canonical(column, `${alias}.${quote(column.name)}`))
      return sql`CAST(${raw(encodedKey(parts))} AS BINARY) IN (${bytes(keys)})`
    },
    deleteOf: (alias) => `DELETE ${alias}`,
    // An enum sorts by position but compares by label.
    keyOrder: (column, expression) => (column.kind === 'enum' ? `CAST(${expression} AS CHAR)` : expression),
    times: { order: (_, expression) => expression, bound: values.typed },

    // The session is always in a transaction; the locking read is its first statement.
    beginApply: (session, select) => session.query({ sql: `${select} ${shared}`, bindings: [] }),

    lockStripes: (lock, stripes, mode) => ({
      sql:
        `SELECT slot FROM ${lock} FORCE INDEX (PRIMARY) WHERE slot IN (${stripes.map(integer).join(', ')})` +
        ` ORDER BY slot FOR UPDATE${mode === 'skip' ? ' SKIP LOCKED' : ''}`,
      bindings: [],
    }),

    // One autocommit statement: a controller that pauses or dies can't keep the lock that every write waits for.
    changeFence: async (session, _, update, lockTimeoutMs) => {
      const seconds = integer(Math.max(1, Math.ceil(lockTimeoutMs / 1000)))
      await session.query({ sql: `SET SESSION innodb_lock_wait_timeout = ${seconds}`, bindings: [] })
      const answer = await session.query({ sql: update, bindings: [] })
      await session.query({ sql: 'SET SESSION innodb_lock_wait_timeout = 1', bindings: [] })
      return answer
    },

    estimate: ({ table }) => ({
      sql: `SELECT table_rows FROM information_schema.tables WHERE table_schema = ${table.schema === null ? 'DATABASE()' : literal(table.schema)} AND table_name = ${literal(table.name)}`,
      bindings: [],
    }),

    lines,
    // The server's CRC32 is too short, and its longer hashes cost more than sending the row.
    digest: null,
    spareIndexes,
    dropIndex,
    createIndexes,
    ddlInTransaction: false,
    lagReader,
    tableNames: `SELECT TABLE_NAME FROM information_schema.TABLES
      WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE' ORDER BY 1`,
    inspect,
    catalog,
    counters,
    raiseCounter,
    transactionMark,
    olderTransactions,
  }
}

export const mysql = engine('mysql')
export const mariadb = engine('mariadb')

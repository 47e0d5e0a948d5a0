// What differs between engines for a transaction of the app, as data.

import type { EngineName } from '../catalog.ts'

export interface EngineTraits {
  /** Begins the transaction that carries an autocommit write and its journal entries. */
  readonly begin: string
  /** PostgreSQL: after a failed statement COMMIT rolls back, and says so only in its command tag (failure case n). */
  readonly failureAborts: boolean
  /** Whether the server has ended the transaction with this error, so that a next statement would run outside it (C31). */
  readonly endsTransaction: (error: unknown) => boolean
  /** Whether DDL commits the open transaction implicitly. */
  readonly ddlCommits: boolean
  /** Asks for the isolation of the present transaction where its snapshot may be older than the fence (PROTOCOL 5.11). */
  readonly askIsolation: string | null
}

const errorProperty = (error: unknown, name: 'code' | 'errno'): unknown =>
  typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[name] : undefined

// 1213 ER_LOCK_DEADLOCK and 1180 ER_ERROR_DURING_COMMIT roll the whole transaction back; 1205 (lock wait timeout) does so only with
// innodb_rollback_on_timeout, which is not the default. https://dev.mysql.com/doc/refman/9.0/en/innodb-error-handling.html
const mysqlFatal = new Set([1213, 1180, 1614, 1637, 3058])

const mysql: EngineTraits = {
  begin: 'BEGIN',
  failureAborts: false,
  endsTransaction: (error) => {
    const errno = errorProperty(error, 'errno')
    if (typeof errno === 'number' && errno > 0 && errno < 2000) return mysqlFatal.has(errno)
    const code = String(errorProperty(error, 'code') ?? '')
    return mysqlFatal.has(Number(errno)) || /^(PROTOCOL_|ECONN|EPIPE|ETIMEDOUT)/.test(code)
  },
  ddlCommits: true,
  askIsolation: null,
}

export const engineTraits: Record<EngineName, EngineTraits> = {
  postgres: {
    begin: 'BEGIN',
    failureAborts: true,
    endsTransaction: () => false,
    ddlCommits: false,
    askIsolation: 'SHOW transaction_isolation',
  },
  mysql,
  mariadb: mysql,
  sqlite: {
    begin: 'BEGIN IMMEDIATE',
    failureAborts: false,
    // https://www.sqlite.org/lang_transaction.html section 3, "Response To Errors Within A Transaction"
    endsTransaction: (error) =>
      /^SQLITE_(FULL|IOERR|NOMEM|INTERRUPT)/.test(String(errorProperty(error, 'code') ?? '')),
    ddlCommits: false,
    askIsolation: null,
  },
}

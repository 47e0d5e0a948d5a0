// Responses of mysql2, as its promise API gives them: `[rows, fields]` or `[ResultSetHeader, undefined]`. Upholds W1.

import type { Statement } from '../statement.ts'
import type { ResponseRestore, ResponseShape, Rewrite } from './native-connection.ts'

export interface MysqlHeader {
  fieldCount: number
  affectedRows: number
  insertId: number | string
  info: string
  serverStatus: number
  warningStatus: number
  changedRows: number
}

export type MysqlResponse = [MysqlHeader | Record<string, unknown>[], { name: string }[] | undefined]

export interface Mysql2Options {
  /** How the driver puts values into the text (`connection.format`), which its errors show as `sql`; left out: it does not. */
  format?(sql: string, values: readonly unknown[]): string
}

/** SERVER_STATUS_IN_TRANS, SERVER_STATUS_IN_TRANS_READONLY, SERVER_SESSION_STATE_CHANGED */
const inTransaction = 0x1 | 0x2000

export function mysql2Response({ format }: Mysql2Options = {}): ResponseShape<MysqlResponse> {
  return {
    rows: ([first]) => (Array.isArray(first) ? first : []),
    affected: ([first]) => (Array.isArray(first) ? first.length : first.affectedRows),
    // `Changed: n` of an UPDATE; everything else counts only what it did.
    unchanged: ([first]) => {
      if (Array.isArray(first)) return false
      return first.affectedRows === 0 || (first.changedRows === 0 && first.info.includes('Changed: '))
    },
    insertId: ([first]) => {
      if (Array.isArray(first) || first.insertId === 0) return null
      // The driver reads 64 unsigned bits as a signed number, as text where a number is not exact.
      return BigInt.asUintN(64, BigInt(first.insertId))
    },
    strip: (response, ours, restore) =>
      restore.returnsRows ? stripColumns(response, ours) : header(restore),
    last: ([results, fields]) =>
      [(results as unknown[]).at(-1), (fields as unknown[]).at(-1)] as MysqlResponse,
    // A CALL reports the last generated id.
    committed: (response) => {
      const [first] = response
      if (!Array.isArray(first)) Object.assign(first, { affectedRows: 0, insertId: 0 })
      return response
    },
    autocommitted: (response) => {
      const [first] = response
      if (!Array.isArray(first)) first.serverStatus &= ~inTransaction
      return response
    },
    failure: (error, rewrite) => ownText(error, rewrite, format),
  }
}

function stripColumns(response: MysqlResponse, ours: readonly string[]): MysqlResponse {
  const [rows, fields] = response
  for (const row of rows as Record<string, unknown>[]) {
    for (let index = ours.length - 1; index >= 0; index--) delete row[ours[index]!]
  }
  if (fields !== undefined) fields.length -= ours.length
  return response
}

/** Autocommit on, in a transaction: what a write inside of a transaction reports. */
const written = 0x2 | 0x1

function header(restore: ResponseRestore): MysqlResponse {
  return [
    {
      fieldCount: 0,
      affectedRows: restore.affected,
      insertId: (restore.insertId ?? 0) as number | string,
      info: restore.info ?? '',
      serverStatus: written,
      warningStatus: restore.warnings ?? 0,
      changedRows: 0,
    },
    undefined,
  ]
}

function ownText(error: unknown, { original, sent }: Rewrite, format: Mysql2Options['format']): unknown {
  if (typeof error !== 'object' || error === null || !('sql' in error)) return error
  const text = ({ sql, bindings }: Statement): string => format?.(sql, bindings) ?? sql
  if (error.sql === sent.sql) error.sql = original.sql
  else if (error.sql === text(sent)) error.sql = text(original)
  return error
}

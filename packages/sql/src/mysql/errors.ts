// MySQL and MariaDB: what an error means to the store.
// https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html, https://mariadb.com/kb/en/mariadb-error-code-reference/

import type { StoreReason } from '@twinwrite/core'
import { SessionLost } from '../session.ts'

const numbers: Record<StoreReason, readonly number[]> = {
  unique: [1022, 1062, 1169, 1586],
  'foreign-key': [1216, 1217, 1451, 1452, 1761, 1762],
  rejected: [],
  // deadlock, lock wait, NOWAIT, interrupted, statement time, record changed, no space, no memory, too many locks
  transient: [1020, 1021, 1037, 1041, 1114, 1205, 1206, 1213, 1317, 1613, 1614, 1969, 3024, 3058, 3572],
  // connection, shutdown, killed, unknown database, read-only server, too many connections
  lost: [
    1040, 1042, 1043, 1049, 1053, 1080, 1129, 1152, 1158, 1159, 1160, 1161, 1203, 1226, 1290, 1792, 1836,
    1927, 2006, 2013, 3032, 3169, 4031,
  ],
  denied: [1044, 1045, 1142, 1143, 1227, 1370, 1410, 1419, 1698, 3118, 3159],
  missing: [],
  version: [],
}

const byNumber = new Map<number, StoreReason>(
  Object.entries(numbers).flatMap(([reason, list]) =>
    list.map((number) => [number, reason as StoreReason] as const),
  ),
)

export function reason(error: unknown, control: string): StoreReason {
  if (error instanceof SessionLost) return 'lost'
  const { errno, message, sqlState, fatal } = error as {
    errno?: unknown
    message?: unknown
    sqlState?: unknown
    fatal?: unknown
  }
  const known = typeof errno === 'number' ? byNumber.get(errno) : undefined
  if (known !== undefined) return known
  if (typeof sqlState !== 'string' || fatal === true) return 'lost'
  const ours = String(message).includes(control)
  if (errno === 1146) return ours ? 'missing' : 'rejected'
  return errno === 1054 && ours ? 'version' : 'rejected'
}

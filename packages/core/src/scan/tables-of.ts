// Tables that a text names in the places of tables: those it reads, writes or defines.

import { scan } from './cache.ts'
import type { ScanDialect, TableName } from './statement.ts'

/** None for a text that is not understood. May hold names of CTEs. */
export function tablesOf(sql: string, dialect: ScanDialect): readonly TableName[] {
  const scanned = scan(sql, dialect)
  switch (scanned.kind) {
    case 'read':
    case 'truncate':
    case 'ddl':
      return scanned.tables
    case 'insert':
      return [scanned.table]
    case 'update':
    case 'delete':
      return scanned.targets
    default:
      return []
  }
}

// Which mapped table a name in segments means, and which names no app's table has.

import type { Carrying } from './carrying.ts'
import type { MappedTable } from './mapped-table.ts'

/** The mapped table of `table`, `schema.table` or `database.schema.table`. */
export function findTable(carrying: Carrying, segments: readonly string[]): MappedTable | undefined {
  const name = segments.at(-1)
  if (name === undefined || segments.length > 3) return undefined
  return carrying.tables.find(segments.at(-2) ?? null, name)
}

const systemSchemas = new Set(['pg_catalog', 'information_schema', 'mysql', 'performance_schema', 'sys'])

/** Notes a table that is not mapped. Catalog tables exist on both sides and belong to neither. */
export function noteUnmapped(carrying: Carrying, segments: readonly string[]): void {
  const schema = segments.at(-2)?.toLowerCase()
  const isSystem =
    (schema !== undefined && systemSchemas.has(schema)) || /^(?:pg_|sqlite_)/i.test(segments.at(-1) ?? '')
  if (!isSystem) carrying.unmapped.add(segments.join('.'))
}

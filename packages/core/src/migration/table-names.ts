// Names of mapped tables and columns on both sides, for adapters that carry a query from one side's names to the other's.

import type { TableNames } from '../adapter.ts'
import type { Migration } from '../mapping/config.ts'
import type { TableMapping } from '../mapping/resolve.ts'

/** @param mappings null: only what the configuration itself says is known */
export function tableNames(migration: Migration, mappings: readonly TableMapping[] | null): TableNames[] {
  return [...migration.tables].map(([mapping, settings]) => {
    const resolved = mappings?.find(({ name }) => name === mapping)
    const renamed = new Map<string, string>()
    for (const [source, { to }] of settings.columns) if (to !== source) renamed.set(source, to)
    const converted =
      settings.convert !== null || [...settings.columns.values()].some(({ convert }) => convert !== null)
    const columns =
      resolved === undefined
        ? null
        : new Map(resolved.source.columns.map(({ name }) => [name, renamed.get(name) ?? name]))
    return { mapping, source: settings.source, target: settings.target, renamed, columns, converted }
  })
}

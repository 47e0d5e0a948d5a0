// Names of mapped tables and columns on both sides, for adapters that carry a query from one side's names to the other's.

import type { TableNames } from '../adapter.ts'
import type { Migration, TableSettings } from '../mapping/config.ts'
import type { TableMapping } from '../mapping/resolve.ts'

/** @param mappings null: only what the configuration itself says is known */
export function tableNames(migration: Migration, mappings: readonly TableMapping[] | null): TableNames[] {
  return [...migration.tables].map(([mapping, settings]) => {
    const renamed = new Map<string, string>()
    for (const [source, { to }] of settings.columns) if (to !== source) renamed.set(source, to)
    const converted =
      settings.convert !== null || [...settings.columns.values()].some(({ convert }) => convert !== null)
    const resolved = mappings?.find(({ name }) => name === mapping)
    return {
      mapping,
      source: settings.source,
      target: settings.target,
      renamed,
      ...(resolved === undefined ? unknown : known(resolved, settings, renamed)),
      converted,
    }
  })
}

type Columns = Pick<TableNames, 'columns' | 'inOrder' | 'samePlaces'>

const unknown: Columns = { columns: null, inOrder: null, samePlaces: false }

function known(
  { source, target }: TableMapping,
  { ignore }: TableSettings,
  renamed: ReadonlyMap<string, string>,
): Columns {
  const counterpart = (name: string): string => renamed.get(name) ?? name
  const inOrder = source.table.columns.map(({ name }) => counterpart(name))
  const onBoth = source.table.columns.filter(({ name }) => {
    const other = counterpart(name)
    const isThere = target.table.columns.some((column) => column.name === other)
    return isThere && !ignore.source.has(name) && !ignore.target.has(other)
  })
  const travels = (name: string): boolean => source.columns.some((column) => column.name === name)
  return {
    columns: new Map(onBoth.map(({ name }) => [name, counterpart(name)])),
    inOrder: onBoth.length === inOrder.length && onBoth.every(({ name }) => travels(name)) ? inOrder : null,
    samePlaces:
      onBoth.length === inOrder.length &&
      target.table.columns.length === inOrder.length &&
      target.table.columns.every(({ name }, index) => name === inOrder[index]),
  }
}

// The mapped tables of one side with their keys, from that side's catalog alone: enough to capture while the other
// side does not answer. Key columns are ordered by the names that they have in the source, so that both sides
// write the same text for the same row, each on its own (W4).

import type { CatalogName, EngineName, Table, TableRef } from '../catalog.ts'
import { findTable, meantBy, nameFold } from './find-table.ts'
import { columnOf } from '../catalog.ts'
import { TwinwriteError } from '../errors.ts'
import type { Side } from '../stage.ts'
import type { Migration, TableSettings } from './config.ts'
import type { SideTable } from './side-table.ts'
import { tableText } from './table-name.ts'

export interface KeyedTables {
  readonly tables: readonly SideTable[]
  /** The mapping of a table as a statement names it; a null schema is the connection's default one. */
  find(ref: TableRef): SideTable | undefined
  /** The mappings of all tables that a write of this name writes although it is not theirs. */
  through(ref: TableRef): readonly SideTable[]
}

/** @throws TwinwriteError `TW_TABLE_UNKNOWN`, `TW_KEY_MISSING` */
export function keyedTables(
  migration: Migration,
  side: Side,
  engine: EngineName,
  catalog: readonly Table[],
): KeyedTables {
  const byTable = new Map<Table, SideTable>()
  for (const [mapping, settings] of migration.tables) {
    const table = findTable(catalog, settings[side], engine)
    if (table === undefined) {
      throw new TwinwriteError('TW_TABLE_UNKNOWN', `the ${side} has no table ${tableText(settings[side])}`, {
        table: mapping,
      })
    }
    if (table.key.length === 0) {
      throw new TwinwriteError('TW_KEY_MISSING', `table ${tableText(table)} of the ${side} has no key`, {
        table: mapping,
      })
    }
    const key = orderedKey(table.key, namesInSource(settings, side)).map((name) => columnOf(table, name)!)
    const sideTable: SideTable = {
      mapping,
      table,
      columns: table.columns.filter((column) => !column.generated),
      key,
    }
    byTable.set(table, sideTable)
  }
  const tables = [...byTable.keys()]
  return {
    tables: [...byTable.values()],
    find: (ref) => {
      const table = findTable(tables, ref, engine)
      return table === undefined ? undefined : byTable.get(table)
    },
    through: otherNames([...byTable.values()], engine),
  }
}

function otherNames(tables: readonly SideTable[], engine: EngineName): KeyedTables['through'] {
  const fold = nameFold(engine)
  const byName = new Map<string, (CatalogName & { readonly writes: SideTable })[]>()
  for (const writes of tables) {
    for (const other of writes.table.writableThrough) {
      const name = fold(other.name)
      byName.set(name, [...(byName.get(name) ?? []), { ...other, writes }])
    }
  }
  return (ref) => meantBy(ref, byName.get(fold(ref.name)) ?? [], engine).map(({ writes }) => writes)
}

/**
 * Columns of a key in the order of the names that they have in the source.
 * @param toSource target column to source column, for those that are named differently
 */
export function orderedKey(key: readonly string[], toSource: ReadonlyMap<string, string>): string[] {
  const sourceName = (name: string): string => toSource.get(name) ?? name
  return [...key].sort((left, right) => (sourceName(left) < sourceName(right) ? -1 : 1))
}

function namesInSource(settings: TableSettings, side: Side): ReadonlyMap<string, string> {
  return side === 'source'
    ? new Map()
    : new Map([...settings.columns].map(([source, { to }]) => [to, source]))
}

// What capture would refuse of a text as it stands, without running it: for those who ask before the application does.

import type { SqlDialect } from '../dialect.ts'
import { TwinwriteError } from '../errors.ts'
import type { Migration } from '../mapping/config.ts'
import { keyedTables } from '../mapping/keyed-tables.ts'
import type { SideCatalog } from '../mapping/mapped-table.ts'
import { tablesOf } from '../scan/tables-of.ts'
import type { Side } from '../stage.ts'
import { planOf } from './plan-of.ts'
import { uncapturable } from './refusal.ts'
import { sqlCapturer } from './sql-capturer.ts'

export interface TextLook {
  /** Mappings that the text reads or writes, as far as its own words tell. */
  readonly mapped: readonly string[]
  /** The error that it would end with while somebody follows; null: it is captured. What only the values decide is not seen here. */
  readonly refused: TwinwriteError | null
}

/** @param dialect of the engine that answers on that side */
export function textLook(
  migration: Migration,
  side: Side,
  { engine, tables }: SideCatalog,
  dialect: SqlDialect,
): (sql: string) => TextLook {
  const known = { dialect, ...keyedTables(migration, side, engine, tables) }
  const capturer = sqlCapturer(engine, () => known)
  return (sql) => {
    const scan = capturer.scan(sql)
    const named = tablesOf(sql, engine).flatMap((table) => known.find(table)?.mapping ?? [])
    switch (scan.kind) {
      case 'insert':
      case 'update':
      case 'delete':
        return {
          mapped: [...named, ...capturer.touches(scan)],
          refused: refusalOf(() => {
            if (capturer.isMapped(scan)) planOf({ side: known, call: { sql } }, scan)
          }),
        }
      case 'truncate':
      case 'ddl':
      case 'opaque': {
        const touched = capturer.touches(scan)
        return { mapped: touched, refused: touched.length === 0 ? null : uncapturable(scan, touched) }
      }
      default:
        return { mapped: named, refused: null }
    }
  }
}

function refusalOf(plan: () => void): TwinwriteError | null {
  try {
    plan()
    return null
  } catch (error) {
    if (error instanceof TwinwriteError) return error
    throw error
  }
}

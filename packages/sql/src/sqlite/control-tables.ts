// SQLite: the control tables. Journal ids are never used twice (AUTOINCREMENT): an entry is deleted by its id.

import { stripeCount } from '@twinwrite/core'
import type { ControlTables } from '../naming.ts'
import type { ControlStatements } from '../sql-engine.ts'

/** Milliseconds since 1970. */
export const now = `CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)`

export function control(tables: ControlTables): ControlStatements {
  const create = (table: string, columns: readonly string[]): string[] => [
    `CREATE TABLE IF NOT EXISTS ${table} (${columns.join(', ')})`,
  ]
  const owner = ['migration TEXT NOT NULL', 'cohort TEXT NOT NULL']
  return {
    create: {
      meta: create(tables.meta, ['name TEXT NOT NULL PRIMARY KEY', 'value TEXT NOT NULL']),
      fence: create(tables.fence, [
        ...owner,
        'role TEXT NOT NULL',
        'epoch INTEGER NOT NULL',
        'stage TEXT NOT NULL',
        'PRIMARY KEY (migration, cohort)',
      ]),
      journal: [
        ...create(tables.journal, [
          'id INTEGER PRIMARY KEY AUTOINCREMENT',
          ...owner,
          'tbl TEXT NOT NULL',
          'row_key TEXT NOT NULL',
          'op TEXT NOT NULL',
          'epoch INTEGER NOT NULL',
          `created_at INTEGER NOT NULL DEFAULT (${now})`,
          'attempts INTEGER NOT NULL DEFAULT 0',
          'retry_at INTEGER NOT NULL DEFAULT 0',
          'blocked INTEGER NOT NULL DEFAULT 0',
          'last_error TEXT',
        ]),
        `CREATE INDEX IF NOT EXISTS ${indexName(tables.journal)} ON ${tables.journal.replace(/^.*\."/, '"')} (row_key)`,
      ],
      lock: create(tables.lock, ['slot INTEGER PRIMARY KEY']),
      process: create(tables.process, [
        'migration TEXT NOT NULL',
        'id TEXT NOT NULL',
        'host TEXT NOT NULL',
        'pid INTEGER NOT NULL',
        'version TEXT NOT NULL',
        'stage TEXT NOT NULL',
        'epoch INTEGER NOT NULL',
        'seen_at INTEGER NOT NULL',
        'PRIMARY KEY (migration, id)',
      ]),
      mark: create(tables.mark, [
        'id INTEGER PRIMARY KEY AUTOINCREMENT',
        ...owner,
        'tbl TEXT NOT NULL',
        'reason TEXT NOT NULL',
        `created_at INTEGER NOT NULL DEFAULT (${now})`,
      ]),
    },
    drop: [],
    stripes:
      `INSERT OR IGNORE INTO ${tables.lock} (slot) WITH RECURSIVE slots(n) AS` +
      ` (SELECT 0 UNION ALL SELECT n + 1 FROM slots WHERE n < ${stripeCount - 1}) SELECT n FROM slots`,
    insertAbsent: (table, columns, literals) =>
      `INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${literals.join(', ')})`,
  }
}

/** Beside its table, `"schema"."table"` becoming `"schema"."table_key"`. */
function indexName(table: string): string {
  return `${table.slice(0, -1)}_key"`
}

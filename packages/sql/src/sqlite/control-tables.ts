// SQLite: the control tables. Journal ids are never used twice (AUTOINCREMENT): an entry is deleted by its id.

import { stripeCount } from '@twinwrite/core'
import type { ControlTables } from '../naming.ts'
import type { ControlStatements } from '../sql-engine.ts'

/** Milliseconds since 1970. */
export const now = `CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)`

export function control(tables: ControlTables): ControlStatements {
  const create = (table: string, columns: readonly string[], settings = ''): string[] => [
    `CREATE TABLE IF NOT EXISTS ${table} (${columns.join(', ')})${settings}`,
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
        `CREATE INDEX IF NOT EXISTS ${beside(tables.journal, 'key')} ON ${unqualified(tables.journal)} (row_key)`,
        ...createInlet(tables.journal),
      ],
      lock: create(tables.lock, ['slot INTEGER PRIMARY KEY']),
      process: create(tables.process, [
        'migration TEXT NOT NULL',
        'id TEXT NOT NULL',
        'host TEXT NOT NULL',
        'pid INTEGER NOT NULL',
        'version TEXT NOT NULL',
        'orm TEXT NOT NULL',
        'stage TEXT NOT NULL',
        'epoch INTEGER NOT NULL',
        'seen_at INTEGER NOT NULL',
        'PRIMARY KEY (migration, id)',
      ]),
      // An insert into a table without rowids is no insert to last_insert_rowid().
      mark: create(
        tables.mark,
        [
          ...owner,
          'tbl TEXT NOT NULL',
          'reason TEXT NOT NULL',
          `created_at INTEGER NOT NULL DEFAULT (${now})`,
          'PRIMARY KEY (migration, cohort, tbl, reason)',
        ],
        ' WITHOUT ROWID',
      ),
      checkpoint: create(tables.checkpoint, [
        ...owner,
        'run TEXT NOT NULL',
        'tbl TEXT NOT NULL',
        'part INTEGER NOT NULL',
        'body TEXT NOT NULL',
        `written_at INTEGER NOT NULL DEFAULT (${now})`,
        'PRIMARY KEY (migration, cohort, run, tbl, part)',
      ]),
      mismatch: [
        ...create(tables.mismatch, [
          'id INTEGER PRIMARY KEY AUTOINCREMENT',
          ...owner,
          'tbl TEXT NOT NULL',
          'row_key TEXT NOT NULL',
          'kind TEXT NOT NULL',
          'body TEXT NOT NULL',
          `found_at INTEGER NOT NULL DEFAULT (${now})`,
        ]),
        `CREATE INDEX IF NOT EXISTS ${beside(tables.mismatch, 'key')} ON ${unqualified(tables.mismatch)} (row_key)`,
      ],
      audit: create(tables.audit, [
        'id INTEGER PRIMARY KEY AUTOINCREMENT',
        ...owner,
        'body TEXT NOT NULL',
        'written_at INTEGER NOT NULL',
      ]),
    },
    routines: [],
    drop: [`DROP VIEW IF EXISTS ${inlet(tables.journal)}`],
    stripes:
      `INSERT OR IGNORE INTO ${tables.lock} (slot) WITH RECURSIVE slots(n) AS` +
      ` (SELECT 0 UNION ALL SELECT n + 1 FROM slots WHERE n < ${stripeCount - 1}) SELECT n FROM slots`,
    insertAbsent: (table, columns, literals) =>
      `INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${literals.join(', ')})`,
  }
}

const journaled = 'migration, cohort, tbl, row_key, op, epoch'

/**
 * The app's connections write the journal through a view: what a trigger inserts leaves last_insert_rowid() as the app's own
 * statement made it (https://www.sqlite.org/c3ref/last_insert_rowid.html), on which drivers answer and apps rely. Upholds W1.
 */
export function inlet(journal: string): string {
  return beside(journal, 'inlet')
}

function createInlet(journal: string): string[] {
  const values = journaled.replaceAll(/\w+/g, 'NEW.$&')
  return [
    `CREATE VIEW IF NOT EXISTS ${inlet(journal)} AS SELECT ${journaled} FROM ${unqualified(journal)}`,
    `CREATE TRIGGER IF NOT EXISTS ${beside(journal, 'insert')} INSTEAD OF INSERT ON ${unqualified(inlet(journal))}` +
      ` BEGIN INSERT INTO ${unqualified(journal)} (${journaled}) VALUES (${values}); END`,
  ]
}

/** `"schema"."table"` becomes `"schema"."table_name"`. */
function beside(table: string, name: string): string {
  return `${table.slice(0, -1)}_${name}"`
}

/** Indexes, views and triggers are in their table's schema. */
function unqualified(table: string): string {
  return table.replace(/^.*\."/, '"')
}

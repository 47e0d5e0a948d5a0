// PostgreSQL: the control tables. The hash index takes keys of any length, so that no business write ever fails because its
// key is long; the journal's vacuum settings keep its head short while entries come and go (PROTOCOL 5.10).

import type { ControlTables } from '../naming.ts'
import { stripeCount } from '@twinwrite/core'
import type { ControlStatements } from '../sql-engine.ts'
import { createJournalFunctions, dropJournalFunctions } from './journal-function.ts'
import { now } from './time.ts'

export function control(tables: ControlTables): ControlStatements {
  const text = 'text COLLATE "C" NOT NULL'
  const create = (table: string, columns: readonly string[], settings = ''): string =>
    `CREATE TABLE IF NOT EXISTS ${table} (${columns.join(', ')})${settings}`
  return {
    create: {
      meta: [create(tables.meta, [`name ${text} PRIMARY KEY`, 'value text NOT NULL'])],
      fence: [
        create(tables.fence, [
          `migration ${text}`,
          `cohort ${text}`,
          'role text NOT NULL',
          'epoch bigint NOT NULL',
          'stage text NOT NULL',
          'PRIMARY KEY (migration, cohort)',
        ]),
      ],
      journal: [
        create(
          tables.journal,
          [
            'id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY',
            `migration ${text}`,
            `cohort ${text}`,
            `tbl ${text}`,
            `row_key ${text}`,
            'op text NOT NULL',
            'epoch bigint NOT NULL',
            `created_at bigint NOT NULL DEFAULT ${now}`,
            'attempts integer NOT NULL DEFAULT 0',
            'retry_at bigint NOT NULL DEFAULT 0',
            'blocked smallint NOT NULL DEFAULT 0',
            'last_error text',
          ],
          ' WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,' +
            ' autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 50000,' +
            ' autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000, autovacuum_vacuum_cost_delay = 0)',
        ),
        `CREATE INDEX IF NOT EXISTS ${indexName(tables.journal)} ON ${tables.journal} USING hash (row_key)`,
        ...createJournalFunctions(tables.journal, tables.fence),
      ],
      lock: [create(tables.lock, ['slot integer PRIMARY KEY'], ' WITH (fillfactor = 50)')],
      process: [
        create(tables.process, [
          `migration ${text}`,
          `id ${text}`,
          'host text NOT NULL',
          'pid bigint NOT NULL',
          'version text NOT NULL',
          'orm text NOT NULL',
          'stage text NOT NULL',
          'epoch bigint NOT NULL',
          'seen_at bigint NOT NULL',
          'PRIMARY KEY (migration, id)',
        ]),
      ],
      mark: [
        create(tables.mark, [
          'id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY',
          `migration ${text}`,
          `cohort ${text}`,
          `tbl ${text}`,
          'reason text NOT NULL',
          `created_at bigint NOT NULL DEFAULT ${now}`,
        ]),
      ],
      checkpoint: [
        create(tables.checkpoint, [
          `migration ${text}`,
          `cohort ${text}`,
          `run ${text}`,
          `tbl ${text}`,
          'part integer NOT NULL',
          'body text NOT NULL',
          `written_at bigint NOT NULL DEFAULT ${now}`,
          'PRIMARY KEY (migration, cohort, run, tbl, part)',
        ]),
      ],
      mismatch: [
        create(tables.mismatch, [
          'id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY',
          `migration ${text}`,
          `cohort ${text}`,
          `tbl ${text}`,
          `row_key ${text}`,
          'kind text NOT NULL',
          'body text NOT NULL',
          `found_at bigint NOT NULL DEFAULT ${now}`,
        ]),
        `CREATE INDEX IF NOT EXISTS ${indexName(tables.mismatch)} ON ${tables.mismatch} USING hash (row_key)`,
      ],
      audit: [
        create(tables.audit, [
          'id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY',
          `migration ${text}`,
          `cohort ${text}`,
          'body text NOT NULL',
          'written_at bigint NOT NULL',
        ]),
      ],
    },
    routines: [],
    drop: dropJournalFunctions(tables.journal),
    stripes: `INSERT INTO ${tables.lock} (slot) SELECT generate_series(0, ${stripeCount - 1}) ON CONFLICT DO NOTHING`,
    insertAbsent: (table, columns, literals) =>
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${literals.join(', ')}) ON CONFLICT DO NOTHING`,
  }
}

/** An index stands in its table's schema and is named without it. */
function indexName(table: string): string {
  const name = /"(?:[^"]|"")*"$/.exec(table)![0]
  return `${name.slice(0, -1)}_key"`
}

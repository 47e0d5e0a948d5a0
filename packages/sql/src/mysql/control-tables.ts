// MySQL and MariaDB: the control tables. `row_key` is bytes, since no collation of both servers compares texts byte by byte with
// their trailing blanks; its index holds a prefix, so that no business write ever fails because its key is long.

import { stripeCount } from '@twinwrite/core'
import type { ControlTables } from '../naming.ts'
import type { ControlStatements } from '../sql-engine.ts'
import { createJournalProcedure, dropJournalProcedure } from './journal-procedure.ts'

export function control(tables: ControlTables): ControlStatements {
  const name = 'VARCHAR(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL'
  const text = 'TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin'
  const create = (table: string, columns: readonly string[]): string[] => [
    `CREATE TABLE IF NOT EXISTS ${table} (${columns.join(', ')}) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`,
  ]
  return {
    create: {
      meta: create(tables.meta, [
        'name VARCHAR(400) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin PRIMARY KEY',
        `value ${text} NOT NULL`,
      ]),
      fence: create(tables.fence, [
        `migration ${name}`,
        `cohort ${name}`,
        'role VARCHAR(16) CHARACTER SET ascii NOT NULL',
        'epoch BIGINT NOT NULL',
        'stage VARCHAR(32) CHARACTER SET ascii NOT NULL',
        'PRIMARY KEY (migration, cohort)',
      ]),
      journal: create(tables.journal, [
        'id BIGINT AUTO_INCREMENT PRIMARY KEY',
        `migration ${name}`,
        `cohort ${name}`,
        `tbl ${name}`,
        'row_key MEDIUMBLOB NOT NULL',
        'op VARCHAR(16) CHARACTER SET ascii NOT NULL',
        'epoch BIGINT NOT NULL',
        'created_at BIGINT NOT NULL',
        'attempts INT NOT NULL DEFAULT 0',
        'retry_at BIGINT NOT NULL DEFAULT 0',
        'blocked SMALLINT NOT NULL DEFAULT 0',
        `last_error ${text}`,
        'KEY row_key (row_key(64))',
      ]),
      lock: create(tables.lock, ['slot INT PRIMARY KEY']),
      process: create(tables.process, [
        `migration ${name}`,
        `id ${name}`,
        `host ${text} NOT NULL`,
        'pid BIGINT NOT NULL',
        `version ${text} NOT NULL`,
        `orm ${text} NOT NULL`,
        'stage VARCHAR(32) CHARACTER SET ascii NOT NULL',
        'epoch BIGINT NOT NULL',
        'seen_at BIGINT NOT NULL',
        'PRIMARY KEY (migration, id)',
      ]),
      mark: create(tables.mark, [
        'id BIGINT AUTO_INCREMENT PRIMARY KEY',
        `migration ${name}`,
        `cohort ${name}`,
        `tbl ${name}`,
        `reason ${text} NOT NULL`,
        'created_at BIGINT NOT NULL',
      ]),
      checkpoint: create(tables.checkpoint, [
        `migration ${name}`,
        `cohort ${name}`,
        'run VARCHAR(32) CHARACTER SET ascii NOT NULL',
        `tbl ${name}`,
        'part INT NOT NULL',
        `body LONG${text} NOT NULL`,
        'written_at BIGINT NOT NULL',
        'PRIMARY KEY (migration, cohort, run, tbl, part)',
      ]),
      mismatch: create(tables.mismatch, [
        'id BIGINT AUTO_INCREMENT PRIMARY KEY',
        `migration ${name}`,
        `cohort ${name}`,
        `tbl ${name}`,
        'row_key MEDIUMBLOB NOT NULL',
        'kind VARCHAR(16) CHARACTER SET ascii NOT NULL',
        `body LONG${text} NOT NULL`,
        'found_at BIGINT NOT NULL',
        'KEY row_key (row_key(64))',
      ]),
      audit: create(tables.audit, [
        'id BIGINT AUTO_INCREMENT PRIMARY KEY',
        `migration ${name}`,
        `cohort ${name}`,
        `body LONG${text} NOT NULL`,
        'written_at BIGINT NOT NULL',
      ]),
    },
    routines: [createJournalProcedure(tables.journal, tables.fence)],
    drop: [dropJournalProcedure(tables.journal)],
    stripes:
      `INSERT IGNORE INTO ${tables.lock} (slot) SELECT n - 1 FROM` +
      ` JSON_TABLE(CONCAT('[', REPEAT('0,', ${stripeCount - 1}), '0]'), '$[*]' COLUMNS (n FOR ORDINALITY)) AS slots`,
    insertAbsent: (table, columns, literals) =>
      `INSERT IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${literals.join(', ')})`,
  }
}

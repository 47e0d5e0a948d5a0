// What a load may take away from a table for its time: indexes and constraints, as the server tells them.

import type { ServerEngine } from '@twinwrite/testkit'
import type { Place } from '../backfill/place.ts'

const mysql = [
  `SELECT CONCAT_WS(' ', TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX, COLUMN_NAME, NON_UNIQUE, INDEX_TYPE, IS_VISIBLE) AS text
    FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN ('orders', 'positions')`,
  `SELECT CONCAT_WS(' ', TABLE_NAME, CONSTRAINT_NAME, REFERENCED_TABLE_NAME, UPDATE_RULE, DELETE_RULE) AS text
    FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE()`,
]

const queries: Record<ServerEngine, readonly string[]> = {
  postgres: [
    `SELECT i.indexrelid::regclass || ' ' || i.indisvalid || ' ' || pg_get_indexdef(i.indexrelid) AS text
      FROM pg_index AS i WHERE i.indrelid IN ('orders'::regclass, 'positions'::regclass)`,
    `SELECT conrelid::regclass || ' ' || conname || ' ' || convalidated || ' ' || pg_get_constraintdef(oid) AS text
      FROM pg_constraint WHERE conrelid IN ('orders'::regclass, 'positions'::regclass)`,
    `SELECT tgrelid::regclass || ' ' || tgfoid::regproc || ' ' || tgenabled::text AS text
      FROM pg_trigger WHERE tgrelid IN ('orders'::regclass, 'positions'::regclass)`,
  ],
  mysql,
  mariadb: mysql.map((query) => query.replace(', IS_VISIBLE', '')),
}

/** Of the target, sorted. */
export async function shape({ pair, plain }: Place): Promise<string> {
  const lines: string[] = []
  for (const query of queries[pair.target]) {
    for (const { text } of await plain('target', query)) lines.push(String(text))
  }
  return lines.sort().join('\n')
}

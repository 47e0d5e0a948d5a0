// Triggers that note, inside each transaction, which rows really changed: the truth that capture is held against.
// (Mapped tables have no triggers in earnest; capture neither sees nor needs these.)

import type { Engine } from '@twinwrite/testkit'

const tables = ['items', 'archive'] as const

const columns: Record<(typeof tables)[number], readonly string[]> = {
  items: ['id', 'code', 'n'],
  archive: ['id', 'n'],
}

/** Sets the number of the transaction that begins. */
export const numberStatement: Record<Engine, (transaction: number) => string> = {
  postgres: (transaction) => `SELECT set_config('tw.tx', '${transaction}', true)`,
  mysql: (transaction) => `SET @tw_tx = ${transaction}`,
  mariadb: (transaction) => `SET @tw_tx = ${transaction}`,
  // The one connection that writes is the one that holds the lock.
  sqlite: (transaction) => `UPDATE running SET tx = ${transaction}`,
}

export function oracleTables(engine: Engine): string[] {
  const counter: Record<Engine, string> = {
    postgres: 'bigserial PRIMARY KEY',
    mysql: 'bigint unsigned AUTO_INCREMENT PRIMARY KEY',
    mariadb: 'bigint unsigned AUTO_INCREMENT PRIMARY KEY',
    sqlite: 'integer PRIMARY KEY',
  }
  return [
    `CREATE TABLE items (id ${counter[engine]}, code varchar(20) UNIQUE, n int NOT NULL DEFAULT 0)`,
    `CREATE TABLE archive (id bigint PRIMARY KEY, n int)`,
    `CREATE TABLE oracle (tx int, tbl varchar(20), id varchar(40))`,
    ...(engine === 'sqlite' ? [`CREATE TABLE running (tx int)`, `INSERT INTO running VALUES (0)`] : []),
    `INSERT INTO items (code, n) VALUES ${Array.from({ length: 20 }, (_, index) => `('k${index}', ${index % 9})`).join(', ')}`,
    ...tables.flatMap((table) => triggers(engine, table)),
  ]
}

function triggers(engine: Engine, table: (typeof tables)[number]): string[] {
  if (engine === 'postgres') return postgresTriggers(table)
  const transaction = engine === 'sqlite' ? '(SELECT tx FROM running)' : '@tw_tx'
  const same = engine === 'sqlite' ? 'IS' : '<=>'
  const note = (row: 'OLD' | 'NEW'): string =>
    `INSERT INTO oracle VALUES (${transaction}, '${table}', CAST(${row}.id AS CHAR));`.replace(
      'AS CHAR',
      engine === 'sqlite' ? 'AS TEXT' : 'AS CHAR',
    )
  const unchanged = columns[table].map((column) => `OLD.${column} ${same} NEW.${column}`).join(' AND ')
  const changed = (row: 'OLD' | 'NEW'): string =>
    `INSERT INTO oracle SELECT ${transaction}, '${table}', CAST(${row}.id AS ${engine === 'sqlite' ? 'TEXT' : 'CHAR'}) FROM (SELECT 1 AS one) AS o WHERE NOT (${unchanged});`
  const create = (event: string, body: string): string =>
    `CREATE TRIGGER ${table}_${event} AFTER ${event} ON ${table} FOR EACH ROW BEGIN ${body} END`
  return [
    create('INSERT', note('NEW')),
    create('DELETE', note('OLD')),
    create('UPDATE', `${changed('OLD')} ${changed('NEW')}`),
  ]
}

function postgresTriggers(table: string): string[] {
  return [
    `CREATE OR REPLACE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       IF TG_OP <> 'INSERT' AND (TG_OP = 'DELETE' OR OLD IS DISTINCT FROM NEW) THEN
         INSERT INTO oracle VALUES (current_setting('tw.tx')::int, TG_TABLE_NAME, OLD.id::text);
       END IF;
       IF TG_OP <> 'DELETE' AND (TG_OP = 'INSERT' OR OLD IS DISTINCT FROM NEW) THEN
         INSERT INTO oracle VALUES (current_setting('tw.tx')::int, TG_TABLE_NAME, NEW.id::text);
       END IF;
       RETURN NULL;
     END $$`,
    `CREATE TRIGGER ${table}_note AFTER INSERT OR UPDATE OR DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION note()`,
  ]
}

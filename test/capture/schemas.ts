// Tables of the capture matrix, in each engine's words.

import type { Engine } from '@twinwrite/testkit'

const counters: Record<Engine, string> = {
  postgres: 'bigserial PRIMARY KEY',
  mysql: 'bigint unsigned AUTO_INCREMENT PRIMARY KEY',
  mariadb: 'bigint unsigned AUTO_INCREMENT PRIMARY KEY',
  sqlite: 'integer PRIMARY KEY',
}

/** A counter, a unique value and two plain columns; ids 1 to 12, codes c1 to c12, n 0 to 2 in turn. */
export function itemTables(engine: Engine): string[] {
  const rows = (count: number, row: (index: number) => string): string =>
    Array.from({ length: count }, (_, index) => row(index + 1)).join(', ')
  return [
    `CREATE TABLE items (id ${counters[engine]}, code varchar(20) UNIQUE, name varchar(60), n int NOT NULL DEFAULT 0)`,
    `INSERT INTO items (code, name, n) VALUES ${rows(12, (index) => `('c${index}', 'name ${index}', ${index % 3})`)}`,
    `CREATE TABLE entries (tenant int NOT NULL, code varchar(20) NOT NULL, n int, PRIMARY KEY (tenant, code))`,
    `INSERT INTO entries VALUES ${rows(6, (index) => `(${index % 2}, 'a|${index}~', ${index})`)}`,
    `CREATE TABLE unmapped (id int PRIMARY KEY, n int)`,
    `INSERT INTO unmapped VALUES (1, 10), (2, 20), (3, 30)`,
  ]
}

export const itemTablesMapped = ['items', 'entries'] as const

/** Parents and children with every action. */
export function familyTables(engine: Engine): string[] {
  const inline = (name: string, column: string, parent: string, actions: string): string =>
    `CONSTRAINT ${name} FOREIGN KEY (${column}) REFERENCES ${parent} ${actions}`
  const text = engine === 'mysql' || engine === 'mariadb' ? 'varchar(20)' : 'text'
  return [
    `CREATE TABLE parents (id int PRIMARY KEY, code varchar(20) NOT NULL UNIQUE, n int)`,
    `CREATE TABLE owned (id int PRIMARY KEY, parent int, n int, ${inline('owned_parent', 'parent', 'parents (id)', 'ON DELETE CASCADE ON UPDATE CASCADE')})`,
    `CREATE TABLE loose (id int PRIMARY KEY, code ${text === 'text' ? 'varchar(20)' : text}, n int, ${inline('loose_parent', 'code', 'parents (code)', 'ON DELETE SET NULL ON UPDATE SET NULL')})`,
    `CREATE TABLE parts (parent int NOT NULL, pos int NOT NULL, n int, PRIMARY KEY (parent, pos), ${inline('parts_parent', 'parent', 'parents (id)', 'ON DELETE CASCADE ON UPDATE CASCADE')})`,
    `CREATE TABLE leaves (id int PRIMARY KEY, owner int, n int, ${inline('leaves_owner', 'owner', 'owned (id)', 'ON DELETE CASCADE')})`,
    `CREATE TABLE nodes (id int PRIMARY KEY, up int, n int, ${inline('nodes_up', 'up', 'nodes (id)', 'ON DELETE CASCADE')})`,
    `INSERT INTO parents VALUES (1, 'p1', 0), (2, 'p2', 0), (3, 'p3', 0), (4, 'p4', 0)`,
    `INSERT INTO owned VALUES (10, 1, 0), (11, 1, 0), (20, 2, 0), (30, 3, 0), (90, NULL, 0)`,
    `INSERT INTO loose VALUES (10, 'p1', 0), (20, 'p2', 0), (21, 'p2', 0), (90, NULL, 0)`,
    `INSERT INTO parts VALUES (1, 1, 0), (1, 2, 0), (2, 1, 0), (4, 1, 0)`,
    `INSERT INTO leaves VALUES (100, 10, 0), (101, 10, 0), (110, 11, 0), (200, 20, 0)`,
    `INSERT INTO nodes VALUES (1, NULL, 0), (2, 1, 0), (3, 2, 0), (4, 3, 0), (5, NULL, 0)`,
  ]
}

/** Keys of each type. */
export function keyTables(engine: Engine): string[] {
  const mysql = engine === 'mysql' || engine === 'mariadb'
  const uuid: Record<Engine, string> = {
    postgres: 'uuid',
    mysql: 'char(36)',
    mariadb: 'uuid',
    sqlite: 'text',
  }
  return [
    `CREATE TABLE big (id ${mysql ? 'bigint unsigned' : engine === 'postgres' ? 'numeric(20)' : 'text'} PRIMARY KEY, n int)`,
    `CREATE TABLE uuids (id ${uuid[engine]} PRIMARY KEY, n int)`,
    `CREATE TABLE bytes (id ${mysql ? 'binary(16)' : engine === 'postgres' ? 'bytea' : 'blob'} PRIMARY KEY, n int)`,
    `CREATE TABLE texts (id varchar(40) PRIMARY KEY, n int)`,
    ...(mysql ? [`CREATE TABLE kinds (kind enum('b', 'a', '1') PRIMARY KEY, n int)`] : []),
    `CREATE TABLE days (day date NOT NULL, slot decimal(8, 2) NOT NULL, n int, PRIMARY KEY (day, slot))`,
  ]
}

/** For what only MySQL and MariaDB have: two unique keys, a composite key with a counter, computed keys, an archive. */
export function generatedTables(engine: Engine): string[] {
  return [
    `CREATE TABLE items (id bigint unsigned AUTO_INCREMENT PRIMARY KEY, code varchar(20) UNIQUE, tenant int, slot int, n int NOT NULL DEFAULT 0, UNIQUE (tenant, slot))`,
    `INSERT INTO items (code, tenant, slot) VALUES ('b', 1, 1), ('c', 1, 2), ('d', NULL, NULL)`,
    `CREATE TABLE plain (id int AUTO_INCREMENT PRIMARY KEY, n int, price decimal(5, 2))`,
    `INSERT INTO plain (n) VALUES (1), (2), (3)`,
    `CREATE TABLE archive (id int PRIMARY KEY, n int)`,
    `CREATE TABLE notes (id varchar(20) PRIMARY KEY, n int)`,
    `CREATE TABLE entries (tenant int NOT NULL, sku varchar(20) NOT NULL, code varchar(20) UNIQUE, n int, PRIMARY KEY (tenant, sku))`,
    `INSERT INTO entries VALUES (1, 'a-b', 'l1', 1), (1, 'c|d', 'l2', 1), (2, 'Über', NULL, 1)`,
    `CREATE TABLE passes (id ${engine === 'mysql' ? 'char(36)' : 'uuid'} PRIMARY KEY, seat int UNIQUE, at datetime(6))`,
    `INSERT INTO passes VALUES ('11111111-1111-4111-8111-111111111111', 1, '2024-01-01 00:00:00.000001')`,
    `CREATE TABLE moments (at timestamp(6) PRIMARY KEY, code varchar(20) UNIQUE)`,
    `INSERT INTO moments VALUES ('2024-01-01 00:00:00', 'm1')`,
    `CREATE TABLE numbered (tenant int NOT NULL, id int AUTO_INCREMENT, n int, PRIMARY KEY (tenant, id), KEY (id))`,
    `CREATE TABLE computed (id ${engine === 'mysql' ? 'binary(16)' : 'uuid'} PRIMARY KEY, n int)`,
    `CREATE TABLE parents (id int PRIMARY KEY, code varchar(20) UNIQUE)`,
    `CREATE TABLE children (id int PRIMARY KEY, parent int, FOREIGN KEY (parent) REFERENCES parents (id) ON DELETE CASCADE)`,
    `INSERT INTO parents VALUES (1, 'p1'), (2, 'p2')`,
    `INSERT INTO children VALUES (10, 1), (20, 2)`,
    ...(engine === 'mariadb'
      ? [
          `CREATE TABLE defaulted (id varchar(40) NOT NULL DEFAULT (CONCAT('d', n)) PRIMARY KEY, n int, price decimal(5, 2), seq int AUTO_INCREMENT UNIQUE)`,
        ]
      : [`CREATE TABLE defaulted (id varchar(40) NOT NULL DEFAULT (CONCAT('d', 1)) PRIMARY KEY, n int)`]),
    `CREATE TABLE signed (id int AUTO_INCREMENT PRIMARY KEY, n int)`,
  ]
}

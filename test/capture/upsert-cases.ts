// ON DUPLICATE KEY UPDATE of MySQL and MariaDB, also where it writes the key of the row that it meets (failure cases j, k).

import type { Case } from './case.ts'

export const both = (extra: number | 'refused') => ({ mysql: extra, mariadb: extra })

export const upsertCases: readonly Case[] = [
  {
    title: 'upsert that inserts, updates and repeats itself',
    sql: `INSERT INTO items (code, n) VALUES ('g', 1), ('b', 1), ('h', 1), ('g', 2) ON DUPLICATE KEY UPDATE n = VALUES(n)`,
    extra: both(2),
  },
  {
    title: 'upsert that changes nothing',
    sql: `INSERT INTO items (code, n) VALUES ('g', 2) ON DUPLICATE KEY UPDATE n = VALUES(n)`,
    extra: both(0),
    superset: true,
  },
  {
    title: 'upsert that meets rows by different unique keys',
    sql: `INSERT INTO items (code, tenant, slot, n) VALUES (?, 1, 1, 8), ('c', 9, 9, 8), (?, 9, 10, 8) ON DUPLICATE KEY UPDATE n = n + 50`,
    bindings: ['fresh 1', 'fresh 2'],
    extra: both(2),
  },
  {
    title: 'upsert by key',
    sql: `INSERT INTO plain (id, n) VALUES (1, 5), (50, 5) ON DUPLICATE KEY UPDATE n = VALUES(n)`,
    extra: both(0),
  },
  {
    title: 'upsert by key that writes the key, as Knex merge() does',
    sql: `INSERT INTO plain (id, n) VALUES (1, 6), (51, 6) ON DUPLICATE KEY UPDATE id = VALUES(id), n = VALUES(n)`,
    extra: both(0),
  },
  {
    title: 'upsert with no unique value given',
    sql: `INSERT INTO items (n) VALUES (1), (2) ON DUPLICATE KEY UPDATE n = VALUES(n)`,
    extra: both(2),
  },
  {
    title: 'upsert with the row alias',
    sql: `INSERT INTO items (code, n) VALUES ('g', 77) AS new ON DUPLICATE KEY UPDATE n = new.n`,
    extra: { mysql: 0 },
  },
  {
    title: 'upsert that reports the id of the row it meets',
    sql: `INSERT INTO items (code, n) VALUES ('g', 5) ON DUPLICATE KEY UPDATE id = LAST_INSERT_ID(id), n = 6`,
    extra: both(0),
  },
  {
    title: 'upsert of one row that inserts',
    sql: `INSERT INTO items (code, n) VALUES ('single', 5) ON DUPLICATE KEY UPDATE n = 6`,
    extra: both(0),
  },
  {
    title: 'upsert of one row with an id that meets another by its code',
    sql: `INSERT INTO items (id, code, n) VALUES (8000, 'single', 5) ON DUPLICATE KEY UPDATE n = 7`,
    extra: both(0),
  },
  {
    title: 'upsert that gives the row it meets another key',
    sql: `INSERT INTO items (id, code) VALUES (9000, 'b') ON DUPLICATE KEY UPDATE id = VALUES(id)`,
    keys: ['items:1', 'items:9000'],
    extra: both(3),
  },
  {
    title: 'upsert that writes the key of the row it meets by another unique key as it is',
    sql: `INSERT INTO items (id, code, n) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE id = VALUES(id), code = VALUES(code), n = VALUES(n)`,
    bindings: [9000, 'b', 3],
    extra: both(1),
  },
  {
    title: 'upsert that gives some of the rows it meets other keys, and makes one',
    sql: `INSERT INTO items (id, code, n) VALUES (1, 'b', 4), (2, 'c', 4), (9001, 'made', 4) ON DUPLICATE KEY UPDATE n = VALUES(n), id = VALUES(id)`,
    keys: ['items:1', 'items:2', 'items:9000', 'items:9001'],
    extra: both(3),
  },
  {
    title: 'upsert that passes one key from row to row',
    sql: `INSERT INTO items (id, code) VALUES (9002, 'made'), (9001, 'b'), (1, 'made') ON DUPLICATE KEY UPDATE id = VALUES(id)`,
    superset: true,
    extra: both(1),
  },
  {
    title: 'upsert that gives the row it meets another key and IGNOREs errors',
    sql: `INSERT IGNORE INTO items (id, code) VALUES (9003, 'b') ON DUPLICATE KEY UPDATE id = VALUES(id)`,
    extra: both('refused'),
  },
  {
    title: 'upsert with the row alias that gives the row it meets another key',
    sql: `INSERT INTO items (id, code, n) VALUES (9004, 'b', 1) AS new ON DUPLICATE KEY UPDATE id = new.id, n = new.n + 1`,
    extra: { mysql: 3 },
  },
  {
    title: 'upsert that breaks another unique key',
    sql: `INSERT INTO items (id, code) VALUES (9003, 'b') ON DUPLICATE KEY UPDATE id = VALUES(id), code = 'c'`,
    extra: both('refused'),
  },
  {
    title: 'upsert that writes an overflow of its own beside the key',
    sql: `INSERT INTO items (id, code, n) VALUES (9005, 'b', 1) ON DUPLICATE KEY UPDATE id = VALUES(id), n = 9223372036854775807 + n + 1`,
    extra: both(2),
    fails: /out of range/,
  },
  {
    title: 'upsert that writes a composite key as it is',
    sql: `INSERT INTO entries (tenant, sku, code, n) VALUES (?, ?, ?, ?), (3, 'new', 'l3', 2) ON DUPLICATE KEY UPDATE n = VALUES(n), sku = VALUES(sku), tenant = VALUES(tenant)`,
    bindings: [1, 'c|d', 'l2', 2],
    extra: both(1),
  },
  {
    title: 'upsert that spells a part of the key differently',
    sql: `INSERT INTO entries (tenant, sku, n) VALUES (1, 'A-B', 3), (2, 'UBER', 3) ON DUPLICATE KEY UPDATE sku = VALUES(sku), n = VALUES(n)`,
    keys: ['entries:1|A-B', 'entries:1|a-b', 'entries:2|UBER', 'entries:2|Über'],
    extra: both(3),
  },
  {
    title: 'upsert of a text key of many languages as it is',
    sql: `INSERT INTO entries (tenant, sku, n) VALUES (?, ?, 4), (2, 'Ubèr', 5) ON DUPLICATE KEY UPDATE sku = VALUES(sku), n = VALUES(n)`,
    bindings: [2, 'UBER'],
    keys: ['entries:2|UBER', 'entries:2|Ubèr'],
    extra: both(2),
  },
  {
    title: 'upsert that gives a row that is met by another unique key a part of the key',
    sql: `INSERT INTO entries (tenant, sku, code, n) VALUES (9, 'moved', 'l3', 6) ON DUPLICATE KEY UPDATE sku = VALUES(sku)`,
    keys: ['entries:3|moved', 'entries:3|new', 'entries:9|moved'],
    superset: true,
    extra: both(3),
  },
  {
    title: 'upsert that gives a row another uuid',
    sql: `INSERT INTO passes VALUES (?, 1, ?) ON DUPLICATE KEY UPDATE id = VALUES(id), at = VALUES(at)`,
    bindings: ['22222222-2222-4222-8222-222222222222', '2024-01-01 00:00:00.000002'],
    extra: both(3),
  },
  {
    title: 'upsert that gives a row another instant as its key',
    sql: `INSERT INTO moments VALUES ('2024-01-02', 'm1') ON DUPLICATE KEY UPDATE at = VALUES(at)`,
    extra: both('refused'),
  },
  {
    title: 'upsert that changes the unique value by which it found the row',
    sql: `INSERT INTO items (code) VALUES ('b') ON DUPLICATE KEY UPDATE code = CONCAT(code, '!')`,
    extra: both('refused'),
  },
  {
    title: 'upsert of rows with and without unique values',
    sql: `INSERT INTO items (code, n) VALUES ('b', 1), (NULL, 2) ON DUPLICATE KEY UPDATE n = 1`,
    extra: both(2),
  },
  {
    title: 'upsert of a SELECT',
    sql: `INSERT INTO items (code) SELECT 'q' ON DUPLICATE KEY UPDATE n = 5`,
    extra: both('refused'),
  },
  {
    title: 'upsert of a key whose text another collation stores',
    sql: `INSERT INTO notes (id, n) VALUES ('Note', 1), ('other', 1) ON DUPLICATE KEY UPDATE n = VALUES(n)`,
    extra: both(1),
  },
  {
    title: 'upsert that meets a key in another case',
    sql: `INSERT INTO notes (id, n) VALUES ('NOTE', 2) ON DUPLICATE KEY UPDATE n = VALUES(n)`,
    keys: ['notes:Note'],
    extra: both(1),
  },
  {
    title: 'upsert that meets a key in another case and writes its own',
    sql: `INSERT INTO notes (id, n) VALUES ('noTE', 2) ON DUPLICATE KEY UPDATE id = VALUES(id), n = VALUES(n)`,
    keys: ['notes:Note', 'notes:noTE'],
    extra: both(3),
  },
  {
    title: 'upsert of two spellings of one key, each of which writes its own',
    sql: `INSERT INTO notes (id, n) VALUES ('note', 3), ('Note', 4) ON DUPLICATE KEY UPDATE id = VALUES(id), n = VALUES(n)`,
    superset: true,
    extra: both(3),
  },
]

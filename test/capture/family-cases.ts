// Foreign keys with actions: what the server changes by itself is captured, too (failure case m).

import type { Case } from './case.ts'

export const familyCases: readonly Case[] = [
  {
    title: 'INSERT of a child',
    sql: `INSERT INTO owned VALUES (31, 3, 0)`,
    extra: { postgres: 0, sqlite: 0, mysql: 0, mariadb: 0 },
  },
  {
    title: 'UPDATE of a parent that no action follows',
    sql: `UPDATE parents SET n = 5 WHERE id = 1`,
    extra: { postgres: 0, sqlite: 0, mysql: 0, mariadb: 0 },
  },
  {
    title: 'DELETE of a parent takes children and grandchildren along, and empties references',
    sql: `DELETE FROM parents WHERE id = ?`,
    bindings: [1],
    keys: [
      'parents:1',
      'owned:10',
      'owned:11',
      'loose:10',
      'parts:1|1',
      'parts:1|2',
      'leaves:100',
      'leaves:101',
      'leaves:110',
    ],
    extra: { postgres: 5, sqlite: 5, mysql: 5, mariadb: 5 },
  },
  {
    title: 'DELETE of no parent',
    sql: `DELETE FROM parents WHERE id = ?`,
    bindings: [77],
    extra: { postgres: 1, sqlite: 2, mysql: 1, mariadb: 1 },
  },
  {
    title: 'UPDATE of a referenced key moves the keys of children',
    sql: `UPDATE parents SET id = 40 WHERE id = 4`,
    keys: ['parents:4', 'parents:40', 'parts:4|1', 'parts:40|1'],
    extra: { postgres: 5, sqlite: 5, mysql: 5, mariadb: 5 },
  },
  {
    title: 'UPDATE of a referenced value empties references',
    sql: `UPDATE parents SET code = 'q2' WHERE code = 'p2'`,
    keys: ['parents:2', 'loose:20', 'loose:21'],
    extra: { postgres: 2, sqlite: 2, mysql: 2, mariadb: 2 },
  },
  {
    title: 'DELETE in a chain that refers to itself',
    sql: `DELETE FROM nodes WHERE id = 1`,
    keys: ['nodes:1', 'nodes:2', 'nodes:3', 'nodes:4'],
    extra: { postgres: 5, sqlite: 5, mysql: 5, mariadb: 5 },
  },
  {
    title: 'a violated foreign key',
    sql: `INSERT INTO owned VALUES (99, 4711, 0)`,
    extra: { postgres: 0, sqlite: 0, mysql: 0, mariadb: 0 },
    fails: /foreign key/i,
  },
]

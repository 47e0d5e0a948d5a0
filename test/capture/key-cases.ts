// Keys of every type, as exact canonical text (W4).

import type { Case } from './case.ts'

const uuid = '7B0F1C9E-6A44-4E0B-9A53-0C2D5F7E8A10'
const bytes = Buffer.from('00ff102030405060708090a0b0c0d0e0', 'hex')
const all = (extra: number) => ({ postgres: 0, sqlite: 0, mysql: extra, mariadb: extra })

export const keyCases: readonly Case[] = [
  {
    title: 'INSERT of a key beyond 2^63',
    sql: `INSERT INTO big VALUES (?, 1), (18446744073709551615, 2)`,
    bindings: ['18446744073709551000'],
    keys: ['big:18446744073709551000', 'big:18446744073709551615'],
    extra: { postgres: 0, mysql: 0, mariadb: 0 },
  },
  {
    title: 'UPDATE of a key beyond 2^63',
    sql: `UPDATE big SET n = 5 WHERE id = ?`,
    bindings: ['18446744073709551000'],
    keys: ['big:18446744073709551000'],
    extra: { postgres: 0, mysql: 1, mariadb: 1 },
  },
  {
    title: 'DELETE of a key beyond 2^63',
    sql: `DELETE FROM big WHERE id = 18446744073709551615`,
    keys: ['big:18446744073709551615'],
    extra: { postgres: 0, mysql: 1, mariadb: 1 },
  },
  {
    title: 'INSERT of a UUID in capitals',
    sql: `INSERT INTO uuids VALUES (?, 1)`,
    bindings: [uuid],
    extra: { postgres: 0, sqlite: 0, mysql: 0, mariadb: 0 },
  },
  {
    title: 'UPDATE by UUID',
    sql: `UPDATE uuids SET n = 2 WHERE id = ?`,
    bindings: [uuid],
    extra: { postgres: 0, sqlite: 0, mysql: 1, mariadb: 0 },
  },
  { title: 'INSERT of bytes', sql: `INSERT INTO bytes VALUES (?, 1)`, bindings: [bytes], extra: all(0) },
  { title: 'UPDATE by bytes', sql: `UPDATE bytes SET n = 2 WHERE id = ?`, bindings: [bytes], extra: all(0) },
  {
    title: 'INSERT of texts',
    sql: `INSERT INTO texts VALUES (?, 1), ('Plain-2', 2), (?, 3), (?, 4)`,
    bindings: ['plain', 'Ünï "q"\\ \'x\'', 'trailing '],
    extra: all(1),
  },
  {
    title: 'UPDATE by text in another case',
    sql: `UPDATE texts SET n = 9 WHERE id = ?`,
    bindings: ['PLAIN'],
    extra: { postgres: 0, sqlite: 1, mysql: 1, mariadb: 1 },
    superset: true,
  },
  { title: 'DELETE by text', sql: `DELETE FROM texts WHERE id = ?`, bindings: ['plain'], extra: all(1) },
  {
    title: 'INSERT of an enum by label and by position',
    sql: `INSERT INTO kinds VALUES ('1', 1), (?, 2)`,
    bindings: [1],
    keys: ['kinds:1', 'kinds:b'],
    extra: { mysql: 1, mariadb: 1 },
  },
  {
    title: 'INSERT of a number into a text key',
    sql: `INSERT INTO texts VALUES (?, 1), (7, 2)`,
    bindings: [1.5],
    keys: ['texts:1.5', 'texts:7'],
    extra: { mysql: 1, mariadb: 1 },
  },
  {
    title: 'INSERT with a date and a decimal in the key',
    sql: `INSERT INTO days VALUES (?, ?, 1), ('2024-02-29', 1.50, 2)`,
    bindings: ['2024-02-28', '10.10'],
    extra: { postgres: 0, sqlite: 0, mysql: 1, mariadb: 1 },
  },
  {
    title: 'UPDATE by a date and a decimal',
    sql: `UPDATE days SET n = 7 WHERE day = ? AND slot = ?`,
    bindings: ['2024-02-28', '10.1'],
    extra: { postgres: 0, mysql: 1, mariadb: 1 },
  },
  {
    title: 'DELETE by a range of dates',
    sql: `DELETE FROM days WHERE day > ?`,
    bindings: ['2024-02-28'],
    extra: { postgres: 0, sqlite: 0, mysql: 1, mariadb: 1 },
  },
]

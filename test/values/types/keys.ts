// Types of keys that differ in which texts they take for equal, and texts that some of them take for twins.

import type { Engine } from '@twinwrite/testkit'

/** Collations that the types of PostgreSQL use. */
export const keyStatements: Readonly<Record<Engine, readonly string[]>> = {
  postgres: [
    `CREATE COLLATION uncased (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`,
    `CREATE COLLATION unaccented (provider = icu, locale = 'und-u-ks-level1', deterministic = false)`,
    'CREATE EXTENSION citext',
  ],
  mysql: [],
  mariadb: [],
  sqlite: [],
}

export const keyTypes: Readonly<Record<Engine, readonly string[]>> = {
  postgres: ['text', 'char(10)', 'text COLLATE uncased', 'text COLLATE unaccented', 'citext'],
  mysql: [
    'varchar(20) COLLATE utf8mb4_0900_bin',
    'varchar(20) COLLATE utf8mb4_bin',
    'varchar(20) COLLATE utf8mb4_0900_ai_ci',
    'varchar(20) COLLATE utf8mb4_0900_as_cs',
    'varchar(20) COLLATE utf8mb4_general_ci',
    'char(10) COLLATE utf8mb4_0900_bin',
  ],
  mariadb: [
    'varchar(20) COLLATE utf8mb4_nopad_bin',
    'varchar(20) COLLATE utf8mb4_bin',
    'varchar(20) COLLATE utf8mb4_general_ci',
    'varchar(20) COLLATE utf8mb4_unicode_nopad_ci',
    'char(10) COLLATE utf8mb4_bin',
  ],
  sqlite: ['TEXT', 'TEXT COLLATE NOCASE', 'TEXT COLLATE RTRIM'],
}

/** By what they are taken for. */
const alike: readonly (readonly string[])[] = [
  ['a', 'A', 'a ', 'A  ', ' a', 'a\t', 'á', 'a\u0301', 'Á', 'ä', 'ａ', 'a\u200b', 'a\u00ad'],
  ['ß', 'ss', 'SS', 'ẞ', 'ſ', 's', 'Å', '\u212b', 'A\u030a', 'æ', 'ae', 'ø', 'o', 'ﬁ', 'fi'],
  ['i', 'I', 'İ', 'ı', 'Σ', 'σ', 'ς', 'か', 'カ', 'が', '😀', '😁', '', ' ', '1', '１', '①', '-', '_'],
]
export const twins: readonly string[] = alike.flat()

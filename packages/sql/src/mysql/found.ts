// MySQL and MariaDB: rows by key, as a join from a document of keys. A list of more than 200 keys would be planned by statistics, which
// are old just where it matters (a journal that filled up, a table that is being loaded) and then lead to a scan of the whole table;
// a join in a given order always goes through the index. The text of the statement is the same for any number of keys.

import { decodeKey, type Key, type RowKey, type SideTable } from '@twinwrite/core'
import type { Found } from '../sql-engine.ts'
import { raw, sql, value } from '../sql-text.ts'
import { quote, tableName } from './quoting.ts'
import { values } from './values.ts'

type Column = SideTable['columns'][number]

/** The rows of a document of arrays, as a table whose columns are texts c0, c1, ... */
export function documentTable(alias: string, width: number): string {
  const slots = Array.from(
    { length: width },
    (_, index) => `c${index} LONGTEXT CHARACTER SET utf8mb4 PATH '$[${index}]'`,
  )
  return `JSON_TABLE(?, '$[*]' COLUMNS (${slots.join(', ')})) AS ${alias}`
}

/** Condition by which rows of the table `t` have the keys in the first columns of a document. */
export function sameKey(table: SideTable, alias: string): string {
  return table.key
    .map((column, index) => `t.${quote(column.name)} = ${joined(column, `${alias}.c${index}`)}`)
    .join(' AND ')
}

/** The column's own type, so that the index of the column can be used. */
function joined(column: Column, expression: string): string {
  switch (column.kind) {
    case 'date':
      return `CAST(${expression} AS DATE)`
    case 'time':
      return `CAST(${expression} AS TIME(6))`
    case 'datetime':
      return `CAST(${expression} AS DATETIME(6))`
    default:
      return values.typed(column, collated(column, expression))
  }
}

/** Two columns of texts are only compared, and through the index, in the character set and collation of the one. */
function collated(column: Column, expression: string): string {
  const found = /CHARACTER SET (\w+) COLLATE (\w+)/.exec(column.type)
  return found === null ? expression : `CONVERT(${expression} USING ${found[1]}) COLLATE ${found[2]}`
}

export function rowsByKey(table: SideTable, keys: readonly Key[]): Found {
  const [before, after] = documentTable('x', table.key.length).split('?') as [string, string]
  const document = value(JSON.stringify(keys.map((key) => decodeKey(key, table.key.length))))
  return {
    from: sql`${raw(before)}${document}${raw(after)} STRAIGHT_JOIN ${raw(`${tableName(table.table)} AS t`)}`,
    where: raw(sameKey(table, 'x')),
  }
}

export function journalByKey(journal: string, keys: readonly RowKey[]): Found {
  const [before, after] = documentTable('x', 2).split('?') as [string, string]
  const document = value(JSON.stringify(keys.map(({ table, key }) => [table, key])))
  return {
    from: sql`${raw(before)}${document}${raw(after)} STRAIGHT_JOIN ${raw(journal)} AS j`,
    where: sql`j.row_key = CAST(x.c1 AS BINARY) AND j.tbl = x.c0 COLLATE utf8mb4_bin`,
  }
}

/** Entries of the journal, or marks. */
export function byId(table: string, ids: readonly string[]): Found {
  const document = value(JSON.stringify(ids))
  return {
    from: sql`JSON_TABLE(${document}, '$[*]' COLUMNS (id BIGINT PATH '$')) AS x STRAIGHT_JOIN ${raw(table)} AS j`,
    where: sql`j.id = x.id`,
  }
}

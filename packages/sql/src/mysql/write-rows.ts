// MySQL and MariaDB: statements that write rows. ON DUPLICATE KEY UPDATE only where the key is the only unique one: elsewhere it would
// overwrite another row without an error (C17). Rows that are there are then updated by a join.

import { decodeKey, type SideTable, type Statement } from '@twinwrite/core'
import type { BoundRow, WriteStatements } from '../sql-engine.ts'
import { otherUniques } from '../store/in-the-way.ts'
import { documentTable, sameKey } from './found.ts'
import { quote, tableName } from './quoting.ts'
import { values } from './values.ts'

type Columns = SideTable['columns']

/** A prepared statement has at most 65,535 placeholders. */
const placeholders = 60_000

export const write: WriteStatements = {
  batch: (columns) => Math.max(1, Math.min(1_000, Math.floor(placeholders / Math.max(1, columns)))),
  insert,
  upsert,
  update,
  refusedUpsert: () => false,
}

function insert(table: SideTable, rows: readonly BoundRow[]): Statement {
  const names = table.columns.map(({ name }) => quote(name)).join(', ')
  const row = `(${table.columns.map((column) => values.stored(column, '?')).join(', ')})`
  return {
    sql: `INSERT INTO ${tableName(table.table)} (${names}) VALUES ${rows.map(() => row).join(', ')}`,
    bindings: rows.flatMap((one) => one.values),
  }
}

function upsert(table: SideTable, rows: readonly BoundRow[]): Statement | null {
  if (table.table.uniques.length > 0 || otherUniques(table).length > 0) return null
  const key = new Set(table.key.map(({ name }) => name))
  const others = table.columns.filter(({ name }) => !key.has(name))
  const set = (others.length > 0 ? others : table.key).map(
    ({ name }) => `${quote(name)} = VALUES(${quote(name)})`,
  )
  const { sql, bindings } = insert(table, rows)
  return { sql: `${sql} ON DUPLICATE KEY UPDATE ${set.join(', ')}`, bindings }
}

/** The rows travel as one document, so that the text is the same for any number of them. */
function update(table: SideTable, columns: Columns, rows: readonly BoundRow[]): Statement {
  const width = table.key.length
  const set = columns.map(
    (column, index) => `t.${quote(column.name)} = ${values.stored(column, `v.c${width + index}`)}`,
  )
  return {
    sql:
      `UPDATE ${documentTable('v', width + columns.length)} STRAIGHT_JOIN ${tableName(table.table)} AS t` +
      ` ON ${sameKey(table, 'v')} SET ${set.join(', ')}`,
    bindings: [JSON.stringify(rows.map((row) => [...decodeKey(row.key, width), ...row.values]))],
  }
}

// Keys of rows whose ids MySQL or MariaDB generated. What is proven of them (facts, section 4; each on both servers):
// the ids of a plain multi-row INSERT follow each other in steps of auto_increment_increment from the reported one on,
// with IGNORE as many as were inserted: a row that is left out leaves its number to the next. Where given and generated
// ids mix, the rows are read: every id from the first generated one on is newer than the statement, so that at worst
// somebody else's new rows are named, too.
// Upholds W10 (failure case k).

import type { Column } from '../catalog.ts'
import type { Key } from '../key.ts'
import type { SideTable } from '../mapping/side-table.ts'
import type { CaptureSide } from './capture.ts'
import type { NativeConnection } from './native-connection.ts'
import { ownText, RowReader } from './read-rows.ts'
import { textOf } from './touched-key.ts'

const incrementAlias = '_tw_step'
const greatestAlias = '_tw_max'

/** Ids of `count` rows from `first` on. */
export async function idsInSteps<R>(
  connection: NativeConnection<R>,
  first: bigint,
  count: number,
): Promise<bigint[]> {
  if (count <= 1) return count === 1 ? [first] : []
  const sql = `SELECT @@SESSION.auto_increment_increment AS \`${incrementAlias}\``
  const [row] = connection.shape.rows(await connection.own({ sql, bindings: [] }))
  const step = BigInt(String(row![incrementAlias]))
  return Array.from({ length: count }, (_, index) => first + BigInt(index) * step)
}

/** Keys of all rows whose id is `first` or greater. Own rows are visible to a plain read at every isolation level. */
export async function keysFrom<R>(
  side: CaptureSide,
  connection: NativeConnection<R>,
  table: SideTable,
  counter: Column,
  first: bigint,
): Promise<Key[]> {
  const { dialect } = side
  const reader = new RowReader(side, table, null, [])
  const text = ownText(side)
    .add(`SELECT ${reader.list} FROM ${dialect.table(table.table)} WHERE ${dialect.quote(counter.name)} >= `)
    .typed(counter, String(first))
  return connection.shape.rows(await connection.own(text.build())).map((row) => reader.read(row).key)
}

/**
 * The greatest id that is visible before a statement: what it generates is greater, and so is a row that somebody else has put
 * on a number meanwhile that the statement had reserved. Null: there is no row.
 */
export async function greatestId<R>(
  { dialect }: CaptureSide,
  connection: NativeConnection<R>,
  table: SideTable,
  counter: Column,
): Promise<bigint | null> {
  const greatest = dialect.canonical(counter, `MAX(${dialect.quote(counter.name)})`)
  const sql = `SELECT ${greatest} AS \`${greatestAlias}\` FROM ${dialect.table(table.table)}`
  const [row] = connection.shape.rows(await connection.own({ sql, bindings: [] }))
  const text = row![greatestAlias]
  return text === null ? null : BigInt(textOf(dialect, text))
}

/** The id as text of the column; drivers report 64 bits without sign. */
export function idText(counter: Column, id: bigint): string {
  const signed = counter.range === null || counter.range.min.startsWith('-')
  return String(signed ? BigInt.asIntN(64, id) : id)
}

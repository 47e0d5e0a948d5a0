// What a table holds at the end, as the book of acknowledged writes tells it: by key, the token of each row.

import type { EngineName } from '@twinwrite/core'
import type { Knex } from 'knex'
import { rowName } from './book.ts'
import { present } from './fact.ts'
import type { TrafficTable } from './traffic-table.ts'

/** As texts of the server: drivers round and convert. */
const asText: Readonly<Record<EngineName, string>> = {
  postgres: 'CAST(?? AS text)',
  mysql: 'CAST(?? AS char)',
  mariadb: 'CAST(?? AS char)',
  sqlite: 'CAST(?? AS text)',
}

export async function foundRows(
  db: Knex,
  engine: EngineName,
  { schema, name, key, token }: TrafficTable,
): Promise<ReadonlyMap<string, string>> {
  const names = token === null ? key : [...key, token]
  const columns = names.map((column, at) => db.raw(`${asText[engine]} AS ??`, [column, `c${at}`]))
  const from: Knex.QueryBuilder = schema === null ? db(name) : db.withSchema(schema).table(name)
  const rows: Record<string, unknown>[] = await from.select(columns)
  const text = (value: unknown): string => (Buffer.isBuffer(value) ? value.toString('utf8') : String(value))
  return new Map(
    rows.map((row) => [
      rowName(key.map((_, at) => text(row[`c${at}`]))),
      token === null ? present : text(row[`c${key.length}`]),
    ]),
  )
}

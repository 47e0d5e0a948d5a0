// What a table holds at the end, as the book of acknowledged writes tells it: by key, the token of each row.

import type { Column, EngineName } from '@twinwrite/core'
import { sqlDialect } from '@twinwrite/sql'
import type { Knex } from 'knex'
import { rowName } from './book.ts'
import { present } from './fact.ts'
import type { TrafficTable } from './traffic-table.ts'

/** Only for the texts of values. */
const naming = { migration: '', cohort: '*', prefix: '_tw_', schema: null } as const

export async function foundRows(
  db: Knex,
  engine: EngineName,
  { schema, name, key, token, columns }: Pick<TrafficTable, 'schema' | 'name' | 'key' | 'token' | 'columns'>,
): Promise<ReadonlyMap<string, string>> {
  const { canonical } = sqlDialect(engine, naming)
  // As texts of the server: drivers round and convert.
  const asText = (column: Column, at: number): Knex.Raw => {
    const text = canonical(column, '??')
    const names = Array.from({ length: text.split('??').length - 1 }, () => column.name)
    return db.raw(`${text} AS ??`, [...names, `c${at}`])
  }
  const wanted = token === null ? key : [...key, token]
  const texts = wanted.map((one, at) =>
    asText(
      columns.find((column) => column.name === one)!,
      at,
    ),
  )
  const from: Knex.QueryBuilder = schema === null ? db(name) : db.withSchema(schema).table(name)
  const rows: Record<string, unknown>[] = await from.select(texts)
  const text = (value: unknown): string => (Buffer.isBuffer(value) ? value.toString('utf8') : String(value))
  return new Map(
    rows.map((row) => [
      rowName(key.map((_, at) => text(row[`c${at}`]))),
      token === null ? present : text(row[`c${key.length}`]),
    ]),
  )
}

// Enums of PostgreSQL in a database that the operator has named: they may be there already, and then are theirs.

import type { Knex } from 'knex'
import { rowsOf } from '../plain-client.ts'
import type { Making } from './tables.ts'

/** Whether the type stands there with exactly these labels. */
export async function hasEnum(db: Knex, { type, labels }: NonNullable<Making['labels']>): Promise<boolean> {
  const rows = await rowsOf(
    db,
    'SELECT enumlabel FROM pg_enum WHERE enumtypid = to_regtype(?)::oid ORDER BY enumsortorder',
    [type],
  )
  return rows.length === labels.length && rows.every(({ enumlabel }, at) => enumlabel === labels[at])
}

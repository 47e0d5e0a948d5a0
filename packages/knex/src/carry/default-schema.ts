// The schema that an unqualified table name of a side means.

import type { Client } from '../knex-internals.ts'
import type { DialectName } from './dialect.ts'

/** Null where the settings don't tell. */
export function defaultSchema(client: Client, dialect: DialectName): string | null {
  if (dialect === 'sqlite') return 'main'
  if (dialect === 'mysql') {
    const database = client.connectionSettings?.['database']
    return typeof database === 'string' ? database : null
  }
  const { searchPath } = client
  const first = Array.isArray(searchPath) ? searchPath[0] : searchPath
  return first ?? 'public'
}

// The table that a name in the config means among the tables of a catalog.

import type { EngineName, Table, TableRef } from '../catalog.ts'

/** Whether two names of one engine are the same: SQLite ignores case always, MySQL where the server is told so. */
export function nameFold(engine: EngineName): (name: string) => string {
  return engine === 'postgres' ? (name) => name : (name) => name.toLowerCase()
}

/** The table that a name means; one without schema means the default schema, and any other only where that has no such table. */
export function findTable(catalog: readonly Table[], ref: TableRef, engine: EngineName): Table | undefined {
  const fold = nameFold(engine)
  const named = catalog.filter((table) => fold(table.name) === fold(ref.name))
  const { schema } = ref
  if (schema === null) return named.find((table) => table.schema === null) ?? named[0]
  return named.find((table) => table.inSchema !== null && fold(table.inSchema) === fold(schema))
}

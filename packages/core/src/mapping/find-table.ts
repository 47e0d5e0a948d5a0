// What a name in the config or in a statement means among the names of a catalog.

import type { CatalogName, EngineName, Table, TableRef } from '../catalog.ts'

/** Whether two names of one engine are the same: SQLite ignores case always, MySQL where the server is told so. */
export function nameFold(engine: EngineName): (name: string) => string {
  return engine === 'postgres' ? (name) => name : (name) => name.toLowerCase()
}

/** The table that a name means. */
export function findTable(catalog: readonly Table[], ref: TableRef, engine: EngineName): Table | undefined {
  return meantBy(ref, catalog, engine)[0]
}

/** Those that a name may mean; one without schema means the default schema, and any other only where that has no such name. */
export function meantBy<T extends CatalogName>(
  ref: TableRef,
  names: readonly T[],
  engine: EngineName,
): readonly T[] {
  const fold = nameFold(engine)
  const named = names.filter((one) => fold(one.name) === fold(ref.name))
  const { schema } = ref
  if (schema !== null)
    return named.filter((one) => one.inSchema !== null && fold(one.inSchema) === fold(schema))
  const here = named.filter((one) => one.schema === null)
  return here.length > 0 ? here : named
}

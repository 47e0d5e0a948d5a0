// MySQL and MariaDB: views through which a table can be written. Both keep a view's definition with all names written out, as
// `schema`.`table`, so that a definition without that text does not write the table. One that only reads it in a subquery counts, too;
// and one that this user may not see (no right SHOW VIEW) counts for every table. Upholds W10.

import type { CatalogName } from '@twinwrite/core'
import { quote } from './quoting.ts'

export interface View {
  readonly schema: string
  readonly name: string
  readonly definition: string
}

/** @param views the updatable ones @param fold makes names equal that are the same to the server */
export function otherNames(
  table: { readonly schema: string; readonly name: string },
  views: readonly View[],
  database: string,
  fold: (name: string) => string,
): CatalogName[] {
  const found = new Set<View>()
  const text = ({ schema, name }: { schema: string; name: string }): string =>
    fold(`${quote(schema)}.${quote(name)}`)
  const named = [text(table)]
  for (const name of named) {
    for (const view of views) {
      const definition = fold(view.definition)
      if (found.has(view) || !(definition === '' || definition.includes(name))) continue
      found.add(view)
      named.push(text(view))
    }
  }
  return [...found].map(({ schema, name }) => ({
    schema: schema === database ? null : schema,
    inSchema: schema,
    name,
  }))
}

// SQLite: views through which a table can be written. A view is written only by its INSTEAD OF triggers: what these name counts as
// written, though they may only read it. Triggers of tables are judged with the mapping. Upholds W10.

import { type CatalogName, mentions, scan } from '@twinwrite/core'

export interface ViewTrigger {
  readonly view: string
  /** The CREATE TRIGGER as the schema keeps it. */
  readonly definition: string
}

export function otherNames(table: string, triggers: readonly ViewTrigger[]): CatalogName[] {
  const found = new Set<string>()
  const named = [table]
  for (const name of named) {
    for (const { view, definition } of triggers) {
      if (found.has(view) || !isNamed(name, definition)) continue
      found.add(view)
      named.push(view)
    }
  }
  return [...found].map((name) => ({ schema: null, inSchema: 'main', name }))
}

function isNamed(name: string, definition: string): boolean {
  const scanned = scan(definition, 'sqlite')
  return (scanned.kind === 'ddl' || scanned.kind === 'opaque') && mentions(scanned, name)
}

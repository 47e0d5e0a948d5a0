// Names of the control tables, and whose rows in them are ours. Several migrations may share the tables of one database.

import type { ControlNaming } from '@twinwrite/core'

/** Version of the layout of the control tables; a change of any of them needs a new one. */
export const layoutVersion = 5

/** Quoted names of the control tables. */
export interface ControlTables {
  /** Version of the tables, and which migrations were installed when. */
  readonly meta: string
  readonly fence: string
  readonly journal: string
  readonly lock: string
  readonly process: string
  readonly mark: string
  /** Where runs stand that can be resumed. */
  readonly checkpoint: string
  /** Confirmed mismatches that are not repaired yet. */
  readonly mismatch: string
  /** Who moved the stage when, and what came of it. */
  readonly audit: string
}

export const controlTableKinds = [
  'meta',
  'fence',
  'journal',
  'lock',
  'process',
  'mark',
  'checkpoint',
  'mismatch',
  'audit',
] as const

/** @param table quotes a name with its schema, as `SqlDialect.table` does */
export function controlTables(
  naming: ControlNaming,
  table: (ref: { schema: string | null; name: string }) => string,
): ControlTables {
  const name = (kind: string): string => table({ schema: naming.schema, name: `${naming.prefix}${kind}` })
  return {
    meta: name('meta'),
    fence: name('fence'),
    journal: name('journal'),
    lock: name('lock'),
    process: name('process'),
    mark: name('mark'),
    checkpoint: name('checkpoint'),
    mismatch: name('mismatch'),
    audit: name('audit'),
  }
}

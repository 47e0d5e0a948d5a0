// The migration as it is rehearsed: the tables, conversions and options of the real one, without its stage source and read policy, and with
// the way back out of target-only.

import {
  type ColumnConfig,
  type MigrationConfig,
  type MigrationDefinition,
  type Side,
  type TableConfig,
  type TableRef,
  tableText,
  TwinwriteError,
} from '@twinwrite/core'
import { defineMigration } from '@twinwrite/sql'

/** One table of a migration, with every default filled in. */
export type TableSettings =
  MigrationDefinition['migration']['tables'] extends ReadonlyMap<string, infer Settings> ? Settings : never

/** Sides on which a schema is a database of its own: there the one scratch database takes the tables of all. */
export type OneDatabase = Readonly<Record<Side, boolean>>

/** With nothing accepted: its check names every loss. */
export function acceptingNothing(real: MigrationDefinition): MigrationDefinition {
  return derived(real, { source: false, target: false }, () => [])
}

/** @throws TwinwriteError `TW_SCRATCH_UNFIT` where two tables would be one */
export function scratchDefinition(real: MigrationDefinition, flat: OneDatabase): MigrationDefinition {
  // Triggers are not copied.
  return derived(real, flat, ({ accept }) => [...accept].filter((one) => !one.startsWith('trigger:')))
}

function derived(
  { migration }: MigrationDefinition,
  flat: OneDatabase,
  accept: (table: TableSettings) => readonly string[],
): MigrationDefinition {
  const {
    tables,
    name,
    stageSource: _source,
    reads: _reads,
    undo: _undo,
    controlTables,
    ...options
  } = migration
  const settings = [...tables.values()]
  for (const side of ['source', 'target'] as const) {
    if (flat[side])
      refuseTwins(
        side,
        settings.map((one) => one[side]),
      )
  }
  const schema = flat.source || flat.target ? null : controlTables.schema
  const config: MigrationConfig = {
    ...options,
    name,
    undo: true,
    controlTables: { ...controlTables, schema },
    tables: Object.fromEntries(
      settings.map((one) => [
        scratchText(one.source, flat.source),
        { ...tableConfig(one, flat), accept: accept(one) },
      ]),
    ),
  }
  return defineMigration(config)
}

/** A table as it is called on a scratch side. */
export function scratchRef(ref: TableRef, flat: boolean): TableRef {
  return flat ? { schema: null, name: ref.name } : ref
}

function scratchText(ref: TableRef, flat: boolean): string {
  return tableText(scratchRef(ref, flat))
}

function tableConfig({ target, columns, ignore, convert }: TableSettings, flat: OneDatabase): TableConfig {
  return {
    target: scratchText(target, flat.target),
    columns: Object.fromEntries(
      [...columns].map(([name, { to, convert: ways }]): [string, ColumnConfig] => [name, { to, ...ways }]),
    ),
    ignore: { source: Object.fromEntries(ignore.source), target: Object.fromEntries(ignore.target) },
    ...convert,
  }
}

function refuseTwins(side: Side, refs: readonly TableRef[]): void {
  const names = refs.map(({ name }) => name.toLowerCase())
  const twin = refs.find(({ name }, index) => names.indexOf(name.toLowerCase()) !== index)
  if (twin === undefined) return
  throw new TwinwriteError(
    'TW_SCRATCH_UNFIT',
    `two mapped tables of the ${side} are called ${twin.name}, in different databases`,
    {
      table: twin.name,
      hint: 'They would meet in the one scratch database: rehearse a configuration with one of them.',
    },
  )
}

// The migrations that one process takes part in. Each has its own client, and its capture knows its own tables only: a write of one's
// table through the client of another would reach no journal, or the wrong side. It is refused before it runs (W8, W10).

import type { ConnectionSpec } from '../adapter.ts'
import type { TableRef } from '../catalog.ts'
import { TwinwriteError } from '../errors.ts'
import { nameFold } from '../mapping/find-table.ts'
import { type Migration, tablesOf } from '../mapping/config.ts'
import { tableText } from '../mapping/table-name.ts'
import { shownSpec } from '../shown-spec.ts'
import type { StageState } from '../stage-view.ts'
import { type Side, stagePlan } from '../stage.ts'

export interface Neighbour {
  readonly migration: Migration
  readonly specs: Readonly<Record<Side, ConnectionSpec>>
  /** Undefined before its first look. */
  stage(): StageState | undefined
}

export class Neighbourhood {
  readonly #members = new Set<Neighbour>()

  join(member: Neighbour): void {
    this.#members.add(member)
  }

  leave(member: Neighbour): void {
    this.#members.delete(member)
  }

  /**
   * Before a statement of `own` writes these tables of its side.
   * @throws TwinwriteError `TW_OTHER_MIGRATION` where one belongs to another migration, in a stage in which its writes are journaled
   * or go to its other side
   */
  refuse(own: Neighbour, side: Side, tables: () => readonly TableRef[]): void {
    if (this.#members.size < 2) return
    const written = tables()
    for (const other of this.#members) {
      if (other.migration.name !== own.migration.name) refuseTablesOf(other, own.specs[side], written)
    }
  }
}

/** How a process takes part. */
export interface ProcessPart {
  /** Through what it writes, for those who look at the fleet. */
  readonly orm: string
  /** The migrations of the same process. */
  readonly among: Neighbourhood
}

/** Of this process. */
export const neighbourhood = new Neighbourhood()

function refuseTablesOf(other: Neighbour, spec: ConnectionSpec, written: readonly TableRef[]): void {
  const plan = other.stage()?.plan ?? stagePlan('source-only')
  for (const side of ['source', 'target'] as const) {
    if (!plan.journaled && plan.primary === side) continue
    if (!isSamePlace(other.specs[side], spec)) continue
    const tables = tablesOf(other.migration, side)
    const own = tables.map((table) => fullName(table, other.specs[side]))
    const found = written.find((table) => own.includes(fullName(table, spec)))
    if (found === undefined) continue
    const { name } = other.migration
    throw new TwinwriteError(
      'TW_OTHER_MIGRATION',
      `"${tableText(found)}" belongs to the migration "${name}", whose primary is the ${plan.primary}`,
      { table: tableText(found), primary: 'untouched' },
    )
  }
}

/** Where the settings do not tell a place, nothing is known to be the same. */
function isSamePlace(left: ConnectionSpec, right: ConnectionSpec): boolean {
  const place = shownSpec(left)
  return place !== left.engine && place === shownSpec(right) && !place.includes(':memory:')
}

/** One without a schema is in the first schema of its own connection. */
function fullName({ schema, name }: TableRef, spec: ConnectionSpec): string {
  const fold = nameFold(spec.engine)
  return fold(`${schema ?? defaultSchema(spec)}.${name}`)
}

function defaultSchema(spec: ConnectionSpec): string {
  if (spec.engine === 'sqlite') return 'main'
  if (spec.engine !== 'postgres') return shownSpec(spec).replace(/^.*\//, '')
  const { options } = Object(spec.connection) as { options?: unknown }
  const [, schema = 'public'] = /search_path=[\\"\s]*([^",\\\s]+)/.exec(String(options)) ?? []
  return schema
}

// The migrations that one process takes part in. Each has its own client and its own stage. A write of one's table through the client
// of another is captured for the one that the table belongs to, as long as its primary is where that client writes; else it is refused
// before it runs (W8, W10).

import type { ConnectionSpec } from '../adapter.ts'
import type { TableRef } from '../catalog.ts'
import { TwinwriteError } from '../errors.ts'
import { nameFold } from '../mapping/find-table.ts'
import { type Migration, tablesOf } from '../mapping/config.ts'
import { tableText } from '../mapping/table-name.ts'
import { shownSpec } from '../shown-spec.ts'
import type { StageState } from '../stage-view.ts'
import { type Side, type StagePlan, stagePlan } from '../stage.ts'
import type { WriteSide } from '../write/write-side.ts'

export interface Neighbour {
  readonly migration: Migration
  readonly specs: Readonly<Record<Side, ConnectionSpec>>
  /** Undefined before its first look. */
  stage(): StageState | undefined
  writeSide(side: Side): WriteSide
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
   * Whose the tables are that a statement of `own` writes on one of its sides.
   * @returns the write side of another migration; null: they belong to no other that would journal them
   * @throws TwinwriteError `TW_OTHER_MIGRATION` where that one writes elsewhere now, or where the statement is one of two
   */
  ownerOf(own: Neighbour, side: Side, tables: () => readonly TableRef[]): WriteSide | null {
    if (this.#members.size < 2) return null
    const place = own.specs[side]
    const written = tables()
    const mine = tableAt(own, side, place, written)
    let owner = mine && planOf(own).journaled ? { table: mine, of: own, side } : null
    for (const other of this.#members) {
      if (other.migration.name === own.migration.name) continue
      for (const theirs of ['source', 'target'] as const) {
        const table = tableAt(other, theirs, place, written)
        if (table === undefined) continue
        const { primary, journaled } = planOf(other)
        if (primary !== theirs) throw crossing(other, table, `whose primary is the ${primary}`)
        if (mine !== undefined && !journaled) continue
        if (owner !== null && owner.of !== other) {
          throw crossing(other, table, `and "${tableText(owner.table)}" to "${owner.of.migration.name}"`)
        }
        owner = { table, of: other, side: theirs }
      }
    }
    return owner === null || owner.of === own ? null : owner.of.writeSide(owner.side)
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

function planOf(member: Neighbour): StagePlan {
  return member.stage()?.plan ?? stagePlan('source-only')
}

function crossing({ migration }: Neighbour, table: TableRef, why: string): TwinwriteError {
  return new TwinwriteError(
    'TW_OTHER_MIGRATION',
    `"${tableText(table)}" belongs to the migration "${migration.name}", ${why}`,
    { table: tableText(table), primary: 'untouched' },
  )
}

/** The first of these tables that the migration maps on this side. */
function tableAt(
  { migration, specs }: Neighbour,
  side: Side,
  place: ConnectionSpec,
  written: readonly TableRef[],
): TableRef | undefined {
  if (!isSamePlace(specs[side], place)) return undefined
  const mapped = tablesOf(migration, side).map((table) => fullName(table, specs[side]))
  return written.find((table) => mapped.includes(fullName(table, place)))
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

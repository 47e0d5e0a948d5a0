// The two scratch databases of a rehearsal: made, filled with the tables, and gone at the end, whatever happens in between.

import {
  type ConnectionSpec,
  type EngineName,
  type MigrationDefinition,
  type Side,
  tableText,
  TwinwriteError,
} from '@twinwrite/core'
import type { Knex } from 'knex'
import type { Found, Scratch } from '../fleet/job.ts'
import { scratchSides } from '../fleet/scratch-sides.ts'
import type { RehearseOptions } from '../options.ts'
import { withClient } from '../plain-client.ts'
import { createScratch, createStatement, dropScratch, scratchDatabase, scratchExists } from './databases.ts'
import { scratchDefinition } from './definition.ts'
import type { Place } from './place.ts'
import type { Real } from './real.ts'
import { hasEnum } from './has-enum.ts'
import { isSomebodyIn, stayIn } from './presence.ts'
import { type Making, type ScratchTables, scratchTables } from './tables.ts'

const sideNames = ['source', 'target'] as const

export class ScratchPair {
  readonly definition: MigrationDefinition
  readonly tables: ScratchTables
  readonly #found: Found
  readonly #real: Real
  readonly #named: Scratch['named']
  readonly #made: Side[] = []
  /** By side, what takes away again what was made there; what was made last comes first. */
  readonly #undo: Readonly<Record<Side, string[]>> = { source: [], target: [] }
  /** End the presence in the databases. */
  readonly #stays: (() => Promise<void>)[] = []

  constructor(found: Found, real: Real, given: RehearseOptions['scratch']) {
    this.#found = found
    this.#real = real
    this.#named = { source: given?.source ?? null, target: given?.target ?? null }
    for (const side of sideNames) refuseOtherEngine(side, this.#named[side], real.catalogs[side].engine)
    this.definition = scratchDefinition(found.migration, real.flat)
    this.tables = scratchTables(found.migration, real.catalogs, real.flat)
  }

  /** Statements that make the databases and the tables in them, by side. */
  async statements(): Promise<Record<Side, readonly string[]>> {
    const of = async (side: Side): Promise<string[]> => {
      const create =
        this.#named[side] === null ? await createStatement(this.#spec(side), this.#database(side)) : null
      const makings = this.tables.makings[side].map(({ statement }) => statement)
      return [...(create === null ? [] : [create]), ...makings]
    }
    return { source: await of('source'), target: await of('target') }
  }

  /** Where the sides are. @param ports through which they are reached */
  scratch(ports: Readonly<Record<Side, number | null>>): Scratch {
    const place = (side: Side): Place => ({
      database: this.#named[side] === null ? this.#database(side) : null,
      port: ports[side],
    })
    return {
      named: this.#named,
      places: { source: place('source'), target: place('target') },
      flat: this.#real.flat,
    }
  }

  /** With the engine that really answers. */
  sides(
    ports: Readonly<Record<Side, number | null>> = { source: null, target: null },
  ): Record<Side, ConnectionSpec> {
    const { source, target } = scratchSides(this.#found, this.scratch(ports))
    const { catalogs } = this.#real
    return {
      source: { ...source, engine: catalogs.source.engine },
      target: { ...target, engine: catalogs.target.engine },
    }
  }

  /** Names of what an earlier rehearsal has left behind. @throws TwinwriteError `TW_SCRATCH_UNFIT` where it still runs */
  async leftovers(): Promise<readonly string[]> {
    const found = await Promise.all(sideNames.map((side) => this.#isLeft(side)))
    return sideNames.filter((_, at) => found[at]).map((side) => this.#database(side))
  }

  /** @throws TwinwriteError `TW_SCRATCH_DENIED`, `TW_SCRATCH_UNFIT` */
  async make(): Promise<void> {
    for (const side of sideNames) {
      if (this.#named[side] !== null) continue
      if (await this.#isLeft(side)) await dropScratch(this.#spec(side), this.#database(side))
      await createScratch(this.#spec(side), side, this.#database(side))
      this.#made.push(side)
      this.#stays.push(await stayIn(this.sides()[side]))
    }
    await this.#refuseFull()
    for (const side of sideNames) {
      if (this.#named[side] !== null) this.#made.push(side)
      await withClient(this.sides()[side], async (db) => {
        for (const making of this.tables.makings[side]) await this.#makeOne(db, side, making)
      })
    }
  }

  async #makeOne(db: Knex, side: Side, { statement, undo, labels }: Making): Promise<void> {
    if (labels !== null && (await hasEnum(db, labels))) return
    await db.raw(asItStands(db, statement)).catch((error: unknown) => {
      throw unmade(side, statement, error)
    })
    if (undo !== null) this.#undo[side].unshift(undo)
  }

  /** Drops the databases; out of those that the operator has named, what was made in them. */
  async remove(): Promise<void> {
    const failures: unknown[] = []
    for (const leave of this.#stays.splice(0)) await leave()
    for (const side of this.#made.splice(0)) {
      const removal =
        this.#named[side] === null ? dropScratch(this.#spec(side), this.#database(side)) : this.#empty(side)
      await removal.catch((error: unknown) => failures.push(error))
    }
    if (failures.length > 0) throw failures[0]
  }

  /** Whether an earlier rehearsal has left one behind. */
  async #isLeft(side: Side): Promise<boolean> {
    const [spec, database] = [this.#spec(side), this.#database(side)]
    if (this.#named[side] !== null || !(await scratchExists(spec, database))) return false
    if (await isSomebodyIn(spec, database)) {
      throw new TwinwriteError('TW_SCRATCH_UNFIT', `a rehearsal, or somebody else, is still in ${database}`, {
        hint: 'Wait for the end of it, or end its sessions; or give databases of your own with --scratch-source URL and --scratch-target URL.',
      })
    }
    return true
  }

  async #empty(side: Side): Promise<void> {
    const operator = this.definition.operate(this.sides())
    try {
      await operator.stores[side].uninstall()
    } finally {
      await operator.close()
    }
    await withClient(this.sides()[side], async (db) => {
      for (const statement of this.#undo[side].splice(0)) await db.raw(statement)
    })
  }

  /** What the operator has named may hold anything but the mapped tables and the migration itself. */
  async #refuseFull(): Promise<void> {
    const operator = this.definition.operate(this.sides())
    try {
      const catalogs = await operator.catalogs()
      for (const side of sideNames) {
        if (this.#named[side] === null) continue
        const [full] = catalogs[side].tables
        const holds =
          full !== undefined
            ? `a table ${tableText(full)}`
            : (await operator.stores[side].readFence()) !== null
              ? 'control tables of this migration'
              : null
        if (holds === null) continue
        throw new TwinwriteError('TW_SCRATCH_UNFIT', `--scratch-${side} holds ${holds} already`, {
          ...(full === undefined ? {} : { table: full.name }),
          hint: 'Name a database without these: they are made, written and dropped there.',
        })
      }
    } finally {
      await operator.close()
    }
  }

  #spec(side: Side): ConnectionSpec {
    return { ...this.#found[side], engine: this.#real.catalogs[side].engine }
  }

  #database(side: Side): string {
    return scratchDatabase(this.#spec(side), this.#found.migration.migration.name, side)
  }
}

function refuseOtherEngine(side: Side, named: ConnectionSpec | null, engine: EngineName): void {
  const family = (one: EngineName): string => (one === 'mariadb' ? 'mysql' : one)
  if (named === null || family(named.engine) === family(engine)) return
  throw new TwinwriteError(
    'TW_SCRATCH_UNFIT',
    `--scratch-${side} is ${named.engine}, the ${side} is ${engine}`,
    {
      hint: 'Name a database of the same engine.',
    },
  )
}

/** Knex numbers question marks for PostgreSQL, those of defaults too. */
function asItStands({ client }: Knex, statement: string): string {
  const numbers = (client as { driverName?: unknown }).driverName === 'pg'
  return numbers ? statement.replaceAll('?', String.raw`\?`) : statement
}

function unmade(side: Side, statement: string, error: unknown): TwinwriteError {
  const [first] = statement.split('\n')
  const message = error instanceof Error ? error.message : String(error)
  // Knex puts the statement in front.
  const said = message.slice(message.lastIndexOf(' - ') + 1).replace(/^- /, '')
  return new TwinwriteError('TW_SCRATCH_UNFIT', `${first} ... can't be run on the scratch ${side}: ${said}`, {
    hint: `Make what it needs (a type, an extension) in a database of your own, and name that with --scratch-${side} URL.`,
    cause: error,
  })
}

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
import { type ScratchTables, scratchTables } from './tables.ts'

const sideNames = ['source', 'target'] as const

export class ScratchPair {
  readonly definition: MigrationDefinition
  readonly tables: ScratchTables
  readonly #found: Found
  readonly #real: Real
  readonly #named: Scratch['named']
  readonly #made: Side[] = []

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
      return [...(create === null ? [] : [create]), ...this.tables.statements[side]]
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

  /** Names of what an earlier rehearsal has left behind. */
  async leftovers(): Promise<readonly string[]> {
    const found = await Promise.all(
      sideNames.map(async (side) => {
        const made = this.#named[side] === null
        return made && (await scratchExists(this.#spec(side), this.#database(side)))
          ? [this.#database(side)]
          : []
      }),
    )
    return found.flat()
  }

  /** @throws TwinwriteError `TW_SCRATCH_DENIED`, `TW_SCRATCH_UNFIT` */
  async make(): Promise<void> {
    for (const side of sideNames) {
      if (this.#named[side] !== null) continue
      if (await scratchExists(this.#spec(side), this.#database(side)))
        await dropScratch(this.#spec(side), this.#database(side))
      await createScratch(this.#spec(side), side, this.#database(side))
      this.#made.push(side)
    }
    await this.#refuseFull()
    for (const side of sideNames) {
      if (this.#named[side] !== null) this.#made.push(side)
      await withClient(this.sides()[side], async (db) => {
        for (const statement of this.tables.statements[side]) {
          await db.raw(asItStands(db, statement)).catch((error: unknown) => {
            throw unmade(side, statement, error)
          })
        }
      })
    }
  }

  /** Drops the databases; out of those that the operator has named, what was made in them. */
  async remove(): Promise<void> {
    const failures: unknown[] = []
    for (const side of this.#made.splice(0)) {
      const removal =
        this.#named[side] === null ? dropScratch(this.#spec(side), this.#database(side)) : this.#empty(side)
      await removal.catch((error: unknown) => failures.push(error))
    }
    if (failures.length > 0) throw failures[0]
  }

  async #empty(side: Side): Promise<void> {
    const operator = this.definition.operate(this.sides())
    try {
      await operator.stores[side].uninstall()
    } finally {
      await operator.close()
    }
    await withClient(this.sides()[side], async (db) => {
      for (const statement of this.tables.removal[side]) await db.raw(statement)
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

// Plain Knex on one database, wrapped Knex on a pair of databases of the same engine, and plain sessions that set all three to the
// same start and compare them.

import type { RunningMigration, Side } from '@twinwrite/core'
import { type Engine, freshDatabase, type FreshDatabase } from '@twinwrite/testkit'
import type { Knex } from 'knex'
import { type Contents, contentsOf } from '../conformance/contents.ts'
import { plainKnex, wrappedKnex } from '../conformance/knex/knex-subject.ts'
import { makeTables } from '../conformance/make-tables.ts'
import { type PlainSession, plainSession } from '../conformance/plain-session.ts'
import { moveCounters, reset } from '../conformance/reset.ts'
import { migrationConfig, type TableSpec } from '../conformance/tables.ts'
import { fixture, madeColumn, tablesOn } from './tables.ts'

export type Which = Side | 'plain'
const all: readonly Which[] = ['source', 'target', 'plain']

const config = { beatMs: 200, leaseMs: 600, pollMs: { min: 5, max: 100 }, counterHeadroom: 10 }

export class World {
  readonly engine: Engine
  readonly plain: Knex
  readonly wrapped: Knex
  primary: Side = 'source'
  readonly #migration: RunningMigration
  readonly #databases: Record<Which, FreshDatabase>
  readonly #sessions: Record<Which, PlainSession>
  readonly #tables: readonly TableSpec[]
  /** Without the columns that no two databases fill alike. */
  readonly #comparable: readonly TableSpec[]
  #base = 1000

  static async open(engine: Engine): Promise<World> {
    const made = {} as Record<Which, FreshDatabase>
    const sessions = {} as Record<Which, PlainSession>
    for (const which of all) {
      made[which] = await freshDatabase(engine)
      sessions[which] = await plainSession(made[which])
      // The same order of columns too: programs have inserts that name no columns.
      await makeTables(sessions[which], 'source', tablesOn(engine))
    }
    const world = new World(engine, made, sessions)
    await world.#migration.install()
    await world.#migration.setStage('source-first')
    return world
  }

  private constructor(
    engine: Engine,
    databases: Record<Which, FreshDatabase>,
    sessions: Record<Which, PlainSession>,
  ) {
    this.engine = engine
    this.#databases = databases
    this.#sessions = sessions
    this.#tables = tablesOn(engine)
    this.#comparable = this.#tables.map((table) => ({
      ...table,
      columns: table.columns.filter(({ name }) => name !== madeColumn),
    }))
    this.plain = plainKnex(databases.plain).db
    const { subject, migration } = wrappedKnex(
      databases,
      migrationConfig('differential', this.#tables, false, config),
    )
    this.wrapped = subject.db
    this.#migration = migration
  }

  /** The same rows and counters in all three databases. The journal must be empty. */
  async reset(): Promise<void> {
    this.#base += 1000
    await Promise.all(
      all.map((which) => reset(this.#sessions[which], 'source', this.#tables, fixture, this.#base)),
    )
    // What the database filled in differs between the sides; applying every row makes them equal.
    await this.#migration.load()
  }

  /** Brings the counters together again, after a step that may burn another gap than the plain statement does. */
  async alignCounters(): Promise<void> {
    this.#base += 100
    await Promise.all(
      all.map((which) => moveCounters(this.#sessions[which], 'source', this.#tables, this.#base)),
    )
  }

  async switchTo(primary: Side): Promise<void> {
    if (primary === this.primary) return
    await this.#migration.switchStage(primary === 'source' ? 'source-first' : 'target-first')
    this.primary = primary
    await this.alignCounters()
  }

  async drain(): Promise<void> {
    if (await this.#migration.drain({ timeoutMs: 20_000 })) return
    const { journal, blocked } = await this.#migration.status()
    throw new Error(`the secondary does not follow: ${JSON.stringify({ journal, blocked })}`)
  }

  /** Everything of both sides; of `plain` and the primary only what two databases can have in common. */
  contents(which: Which, comparable: boolean): Promise<Contents> {
    return contentsOf(this.#sessions[which], 'source', comparable ? this.#comparable : this.#tables)
  }

  async end(): Promise<void> {
    await this.plain.destroy()
    await this.wrapped.destroy()
    for (const which of all) {
      this.#sessions[which].end()
      await this.#databases[which].drop()
    }
  }
}

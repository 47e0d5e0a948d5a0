// The plain client on one database, the wrapped one on a pair of databases of the same engine, and plain sessions that set all
// three to the same start and compare them.

import {
  type RunningMigration,
  type Side,
  type Stage,
  type StagePlan,
  stagePlan,
  stages,
} from '@twinwrite/core'
import { type Engine, freshDatabase, type FreshDatabase } from '@twinwrite/testkit'
import { type Contents, contentsOf } from '../conformance/contents.ts'
import { makeTables } from '../conformance/make-tables.ts'
import { type PlainSession, plainSession } from '../conformance/plain-session.ts'
import { moveCounters, reset } from '../conformance/reset.ts'
import { migrationConfig, type TableSpec } from '../conformance/tables.ts'
import { quiet } from '../quiet.ts'
import type { Client, Orm } from './orm.ts'
import { type Variant, variants } from './variants.ts'
import { alsoMade, fixture, goneColumn, madeColumn, tablesOn } from './tables.ts'

export type Which = Side | 'plain'
const all: readonly Which[] = ['source', 'target', 'plain']

/** Short enough for a test; all that they shorten is waiting. */
const timing = { beatMs: 200, leaseMs: 600, pollMs: { min: 5, max: 100 }, counterHeadroom: 10 }

export class World {
  readonly orm: Orm
  readonly engine: Engine
  readonly plain: Client
  readonly wrapped: Client
  readonly #variant: Variant
  #stage: Stage = 'source-only'
  readonly #migration: RunningMigration
  readonly #databases: Record<Which, FreshDatabase>
  readonly #sessions: Record<Which, PlainSession>
  readonly #tables: readonly TableSpec[]
  /** Without the columns that no two databases fill alike. */
  readonly #comparable: readonly TableSpec[]
  #base = 1000

  static async open(orm: Orm, engine: Engine, variant: Variant): Promise<World> {
    const made = {} as Record<Which, FreshDatabase>
    const sessions = {} as Record<Which, PlainSession>
    for (const which of all) {
      made[which] = await freshDatabase(engine)
      sessions[which] = await plainSession(made[which])
      await makeTables(sessions[which], 'source', tablesOn(engine, which))
      for (const statement of alsoMade[engine]) await sessions[which].query(statement)
    }
    const world = new World(orm, engine, variant, made, sessions)
    await world.#migration.install()
    return world
  }

  private constructor(
    orm: Orm,
    engine: Engine,
    variant: Variant,
    databases: Record<Which, FreshDatabase>,
    sessions: Record<Which, PlainSession>,
  ) {
    this.orm = orm
    this.engine = engine
    this.#variant = variant
    this.#databases = databases
    this.#sessions = sessions
    this.#tables = tablesOn(engine)
    this.#comparable = this.#tables.map((table) => ({
      ...table,
      columns: table.columns.filter(({ name }) => name !== madeColumn && name !== goneColumn),
    }))
    this.plain = orm.plain(databases.plain)
    const options = { ...timing, ...variants[variant] }
    const wrapped = orm.wrapped(databases, migrationConfig('differential', this.#tables, false, options))
    this.wrapped = wrapped.client
    this.#migration = wrapped.migration
  }

  get primary(): Side {
    return this.#plan(this.#stage).primary
  }

  /** Whether the other side follows. */
  get followed(): boolean {
    return this.#plan(this.#stage).journaled
  }

  #plan(stage: Stage): StagePlan {
    return stagePlan(stage, variants[this.#variant].undo)
  }

  /** Goes there step by step, as an operator would. */
  async moveTo(stage: Stage): Promise<void> {
    const [from, to] = [stages.indexOf(this.#stage), stages.indexOf(stage)]
    for (let at = from; at !== to;) {
      at += Math.sign(to - at)
      await this.#step(stages[at]!)
    }
  }

  async #step(to: Stage): Promise<void> {
    const from = this.#stage
    if (this.#plan(to).primary === this.primary) await this.#migration.setStage(to)
    else await this.#migration.switchStage(to)
    this.#stage = to
    if (from === 'source-only') await this.#migration.load()
  }

  /** The same rows and counters in all three databases. The journal must be empty. */
  async begin(): Promise<void> {
    this.#base += 1000
    await Promise.all(
      all.map(async (which) => {
        await this.#sessions[which].query('DELETE FROM logs')
        await reset(this.#sessions[which], 'source', this.#tables, fixture, this.#base)
      }),
    )
    // Where each connection reports the id of its latest row, both begin with the same one.
    if (this.engine === 'sqlite') await Promise.all([this.plain, this.wrapped].map(insertOne))
  }

  /** Brings the counters together again, after a step that may burn another gap than the plain statement does. */
  async alignCounters(): Promise<void> {
    this.#base += 100
    await Promise.all(
      all.map((which) => moveCounters(this.#sessions[which], 'source', this.#tables, this.#base)),
    )
  }

  async drain(): Promise<void> {
    if (this.followed) await quiet(this.#migration)
  }

  /** Everything of both sides; of `plain` and the primary only what two databases can have in common. */
  contents(which: Which, comparable: boolean): Promise<Contents> {
    return contentsOf(this.#sessions[which], 'source', comparable ? this.#comparable : this.#tables)
  }

  /** The table that is not mapped, of plain and source. */
  async unmapped(which: Which): Promise<unknown> {
    return this.#sessions[which].query('SELECT id, n FROM logs ORDER BY id')
  }

  async end(): Promise<void> {
    await this.plain.end()
    await this.wrapped.end()
    for (const which of all) {
      this.#sessions[which].end()
      await this.#databases[which].drop()
    }
  }
}

async function insertOne(client: Client): Promise<void> {
  await client.run({ do: 'insert', table: 'words', rows: [{ word: 'first', n: 0 }] })
  await client.run({ do: 'delete', table: 'words', where: { word: 'first' } })
}

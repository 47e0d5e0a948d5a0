// What all parts of a store share: the engine, whose rows of the control tables are ours, the pools of our own sessions, and the
// one place where errors of drivers become StoreErrors.

import { type ControlNaming, type Side, type SideTable, StoreError, TwinwriteError } from '@twinwrite/core'
import { type ControlTables, controlTables } from '../naming.ts'
import type { Answer, Session } from '../session.ts'
import { SessionPool } from '../session-pool.ts'
import type { SessionPurpose, SqlEngine } from '../sql-engine.ts'
import { render, type Sql, sql, value } from '../sql-text.ts'
import { Misfit } from '../values/fit.ts'

export interface ContextOptions {
  readonly engine: SqlEngine
  readonly side: Side
  readonly naming: ControlNaming
  /** Gives the driver's settings for a new connection. */
  readonly settings: () => Promise<unknown>
  /** What most sessions are for. */
  readonly purpose: 'control' | 'bulk' | 'replica'
  /** Most sessions of each pool; as many as suit the engine when left out. */
  readonly sessions?: number
}

export class StoreContext {
  readonly engine: SqlEngine
  readonly side: Side
  readonly naming: ControlNaming
  readonly tables: ControlTables
  /** Sessions that write applied rows. */
  readonly applyPool: SessionPool
  /** Sessions that fill tables of a side that is loading. */
  readonly loadPool: SessionPool
  /** All other sessions, so that an applier never waits for another one's session (C29). */
  readonly controlPool: SessionPool
  mapped: ReadonlyMap<string, SideTable> = new Map()

  constructor({ engine, side, naming, settings, purpose, sessions }: ContextOptions) {
    this.engine = engine
    this.side = side
    this.naming = naming
    this.tables = controlTables(naming, (ref) => engine.table(ref))
    const size = sessions ?? engine.sessionsPerPool
    const pool = (use: SessionPurpose): SessionPool =>
      new SessionPool(size, () => this.#connect(settings, use))
    this.applyPool = pool('apply')
    this.loadPool = pool('load')
    this.controlPool = pool(purpose)
  }

  async #connect(settings: ContextOptions['settings'], purpose: SessionPurpose): Promise<Session> {
    try {
      return await this.engine.connect(await settings(), purpose)
    } catch (error) {
      throw notConnected(this.engine, this.side, error)
    }
  }

  /** Condition that picks this migration's rows of a control table. */
  mine(alias = ''): Sql {
    const dot = alias === '' ? sql`` : sql`${aliased(alias)}`
    return sql`${dot}migration = ${value(this.naming.migration)} AND ${dot}cohort = ${value(this.naming.cohort)}`
  }

  /** @throws StoreError */
  async run(statement: Sql): Promise<Answer> {
    return this.with((session) => this.on(session, statement))
  }

  /** Work on a session of the control pool; errors become StoreErrors. */
  async with<T>(work: (session: Session) => Promise<T>): Promise<T> {
    try {
      return await this.controlPool.with(work)
    } catch (error) {
      throw this.failure(error)
    }
  }

  on(session: Session, statement: Sql): Promise<Answer> {
    return session.query(render(statement, (position) => this.engine.placeholder(position)))
  }

  table(mapping: string): SideTable {
    const table = this.mapped.get(mapping)
    if (table === undefined)
      throw new StoreError(this.side, 'rejected', `no table is mapped as ${JSON.stringify(mapping)}`)
    return table
  }

  failure(error: unknown): Error {
    if (error instanceof StoreError || error instanceof TwinwriteError) return error
    // A mistake of ours, not of a server's.
    if (error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError)
      return error
    const message = error instanceof Error ? error.message : String(error)
    if (error instanceof Misfit) return new StoreError(this.side, 'rejected', message, error)
    return new StoreError(this.side, this.engine.reason(error, this.naming.prefix), message, error)
  }
}

/** Whatever the user's settings, the driver or a server that does not let us in say: the side can't be reached. */
export function notConnected(engine: SqlEngine, side: Side, error: unknown): Error {
  if (error instanceof TwinwriteError || error instanceof StoreError) return error
  const reason = engine.reason(error, '')
  const message = error instanceof Error ? error.message : String(error)
  return new StoreError(side, reason === 'transient' ? reason : 'lost', message, error)
}

function aliased(alias: string): Sql {
  return { texts: [`${alias}.`], values: [] }
}

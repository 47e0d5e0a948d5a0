// One physical connection of a simulated app: sends the little language to the server, as a driver would.

import type { AppCall, NativeConnection, ResponseShape, Statement } from '@twinwrite/core'
import type { SimProcess } from '../engine/sim-process.ts'
import { appStatement } from '../server/app-statement.ts'
import type { ServerSession, Work } from '../server/server-session.ts'
import type { SimDatabase } from '../server/sim-database.ts'
import type { SimResponse } from '../server/response.ts'
import { ServerFault } from '../server/server-fault.ts'
import { DriverError } from './driver-error.ts'
import { Link, type NetworkOptions } from './link.ts'

const shape: ResponseShape<SimResponse> = {
  rows: (response) => response.rows,
  affected: (response) => response.affected,
  unchanged: (response) => response.affected === 0,
  insertId: () => null,
  strip: (response) => response,
  autocommitted: (response) => response,
  failure: (error) => error,
}

export class SimConnection implements NativeConnection<SimResponse> {
  readonly shape = shape
  readonly #db: SimDatabase
  readonly #link: Link
  #usable = true

  constructor(process: SimProcess, db: SimDatabase, network: () => NetworkOptions) {
    this.#db = db
    this.#link = new Link(process, db, 'app', network)
  }

  /** Whether it may go back into the pool. */
  get usable(): boolean {
    return this.#usable
  }

  own(statement: Statement): Promise<SimResponse> {
    return this.#send(statement)
  }

  discard(): void {
    this.#usable = false
    this.#link.hangUp()
  }

  call(sql: string, ...bindings: unknown[]): AppCall<SimResponse> {
    return { sql, bindings, run: (statement) => this.#send(statement) }
  }

  async #send(statement: Statement): Promise<SimResponse> {
    try {
      const work = (session: ServerSession): Work<SimResponse> => appStatement(this.#db, session, statement)
      return await this.#link.request(statement.sql, { work }, statement.bindings)
    } catch (error) {
      if (!(error instanceof ServerFault)) throw error
      throw new DriverError(this.#db.options.engine, error)
    }
  }
}

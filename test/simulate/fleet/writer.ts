// The app: runs small programs of statements through twinwrite's connections and keeps an account of what it was told.

import { type Side, TwinwriteError } from '@twinwrite/core'
import { DriverError } from '../ports/driver-error.ts'
import { unacceptable } from '../ports/sim-apply-session.ts'
import { unreadable } from '../ports/sim-store.ts'
import type { AppWrite } from '../ports/sim-statement.ts'
import type { World } from '../world.ts'
import type { Member, PooledConnection } from './member.ts'

type Fate = 'committed' | 'rolled-back' | 'moved' | 'unknown'

export class Writer {
  readonly #world: World
  readonly #member: Member
  #written = 0

  constructor(member: Member) {
    this.#member = member
    this.#world = member.world
  }

  /** One transaction or single statement on the side that is primary. @param only this statement, alone */
  async write(only: AppWrite | null = null): Promise<Fate> {
    const { migration, process } = this.#member
    const { random } = this.#world
    const side = await migration.primary()
    const connection = this.#member.connection(side)
    if (this.#world.storm && random.oneIn(12)) await process.clock.sleep(random.below(80))
    const single = only ?? (random.oneIn(3) ? this.#randomWrite() : null)
    const fate =
      single === null ? await this.#transaction(connection) : await this.#single(connection, single)
    this.#member.release(side, connection)
    if (fate === 'moved') await this.#moved(side)
    return fate
  }

  async #moved(from: Side): Promise<void> {
    try {
      await this.#member.migration.movedFrom(from)
    } catch (error) {
      if (!(error instanceof TwinwriteError)) throw error
    }
  }

  async #single({ app, native }: PooledConnection, write: AppWrite): Promise<Fate> {
    try {
      const { affected } = await app.execute(native.call(write.verb, write))
      if (affected > 0) this.#world.oracle.acknowledged([write.token])
      return 'committed'
    } catch (error) {
      return this.#failed(error, [write.token], native)
    }
  }

  async #transaction({ app, native }: PooledConnection): Promise<Fate> {
    const { random, oracle } = this.#world
    const tokens: string[] = []
    const undone: string[] = []
    const run = async (write: AppWrite): Promise<void> => {
      tokens.push(write.token)
      const { affected } = await app.execute(native.call(write.verb, write))
      if (affected === 0) undone.push(...tokens.splice(tokens.indexOf(write.token), 1))
    }
    try {
      await app.execute(native.call(random.oneIn(4) ? 'BEGIN REPEATABLE READ' : 'BEGIN'))
      for (let left = 1 + random.below(3); left > 0; left--) {
        if (random.oneIn(6)) undone.push(...(await this.#savepoint(app, native, run, tokens)))
        else if (random.oneIn(5)) await this.#swallowing(run, tokens, undone)
        else await run(this.#randomWrite())
        if (this.#world.storm && random.oneIn(15)) await this.#member.process.clock.sleep(random.below(60))
      }
      if (random.oneIn(8)) {
        await app.execute(native.call('ROLLBACK'))
        oracle.denied([...tokens, ...undone])
        return 'rolled-back'
      }
      const { command } = await app.execute(native.call('COMMIT'))
      if (command !== 'COMMIT') {
        oracle.denied([...tokens, ...undone])
        return 'rolled-back'
      }
      oracle.acknowledged(tokens)
      oracle.denied(undone)
      return 'committed'
    } catch (error) {
      const fate = this.#failed(error, [...tokens, ...undone], native)
      if (app.inTransaction) await app.execute(native.call('ROLLBACK')).catch(() => native.discard())
      return fate
    }
  }

  /** A write that is taken back by a savepoint. @returns its tokens */
  async #savepoint(
    app: PooledConnection['app'],
    native: PooledConnection['native'],
    run: (write: AppWrite) => Promise<void>,
    tokens: string[],
  ): Promise<string[]> {
    await app.execute(native.call('SAVEPOINT s'))
    const before = tokens.length
    try {
      await run(this.#randomWrite())
    } catch (error) {
      // Only a failed statement can be taken back; a transaction that has ended can't.
      if (!(error instanceof DriverError)) throw error
    }
    await app.execute(native.call('ROLLBACK TO s'))
    return tokens.splice(before)
  }

  /** The app swallows an error and goes on (failure case n). */
  async #swallowing(
    run: (write: AppWrite) => Promise<void>,
    tokens: string[],
    undone: string[],
  ): Promise<void> {
    const before = tokens.length
    try {
      await run(this.#randomWrite())
    } catch (error) {
      if (!(error instanceof DriverError)) throw error
      undone.push(...tokens.splice(before))
    }
  }

  #failed(error: unknown, tokens: readonly string[], native: PooledConnection['native']): Fate {
    const { oracle } = this.#world
    if (error instanceof DriverError) {
      if (error.reason === 'lost') {
        native.discard()
        return 'unknown'
      }
      oracle.denied(tokens)
      return 'rolled-back'
    }
    if (!(error instanceof TwinwriteError)) throw error
    this.#world.scheduler.log(this.#member.process.name, error.message)
    if (error.primary === 'committed') oracle.acknowledged(tokens)
    if (error.primary === 'rolled-back' || error.primary === 'untouched') oracle.denied(tokens)
    return error.code === 'TW_STAGE_MOVED' ? 'moved' : error.primary === 'unknown' ? 'unknown' : 'rolled-back'
  }

  /** A write that cannot fail for a reason of its own. */
  plain(): AppWrite {
    const token = this.#token()
    return { verb: 'insert', label: `label ${token}`, token }
  }

  /** Replaces a note that the secondary does not accept, or the primary can't read, as people do who look at blocked rows; null: there is none. */
  mending(): AppWrite | null {
    const { databases, random } = this.#world
    const { source, target } = databases
    const primary = source.fence.role === 'secondary' ? target : source
    for (const [table, rows] of primary.committed) {
      const bad = [...rows].filter(([, row]) =>
        [unacceptable, unreadable].some((start) => row.at(-1)?.startsWith(start)),
      )
      if (bad.length > 0) return { verb: 'mend', table, key: random.pick(bad)[0], token: this.#token() }
    }
    return null
  }

  #randomWrite(): AppWrite {
    const { random, plan } = this.#world
    const { storm, oracle } = this.#world
    const bad = storm && oracle.loaded && random.oneIn(plan.badOneIn)
    const token = bad ? `${random.pick([unacceptable, unreadable])} ${this.#token()}` : this.#token()
    const key = String(1 + random.below(plan.items))
    const other = String(1 + random.below(plan.items))
    const kind = random.below(10)
    if (kind < 3) return { verb: 'put', key, label: `L${other}`, token }
    if (kind < 5) return { verb: 'remove', key, token }
    if (kind < 7) return { verb: 'swap', key, other, token }
    if (kind < 8) return { verb: 'insert', label: `label ${token}`, token }
    if (kind < 9) return { verb: 'attach', key, token }
    return { verb: 'move', key, other, token }
  }

  #token(): string {
    return `${this.#member.process.name}.${this.#world.nextToken()}.${this.#written++}`
  }
}

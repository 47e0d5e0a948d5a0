// A QueryRunner that was made while the target is primary. Each statement outside of a transaction goes where its tables are; the
// first one of a transaction decides for all of it: until then nothing is sent, then the transactions begun so far are
// begun there. Statements of another side in it are refused. Upholds W8.

import { isMoved, mostMoves, type Side } from '@twinwrite/core'
import { type QueryRunner, QueryRunnerAlreadyReleasedError, TransactionNotStartedError } from 'typeorm'
import { appClasses } from './app-classes.ts'
import { crossed, notMapped } from './crossed.ts'
import { dialectOf } from './dialect.ts'
import type { Place, Session, Subject } from './place.ts'
import { runRaw } from './raw-result.ts'
import { routeManager } from './routed-manager.ts'
import { setSession } from './runner-session.ts'
import type { Running } from './running.ts'
import type { ReplicationMode } from './typeorm-internals.ts'

type IsolationLevel = Parameters<QueryRunner['startTransaction']>[0]
type StreamRest = (parameters?: unknown[], onEnd?: () => void, onError?: (error: Error) => void) => void

/** Deferred runners over native ones. */
const over = new WeakMap<QueryRunner, QueryRunner>()

/** The app's runner over a native one of the target, which TypeORM made for an operation. */
export function runnerOver(running: Running, native: QueryRunner): QueryRunner {
  const known = over.get(native)
  if (known !== undefined) return known
  const { runner } = new DeferredRunner(running, 'master', native)
  over.set(native, runner)
  return runner
}

export class DeferredRunner implements Session {
  readonly #running: Running
  readonly #mode: ReplicationMode
  readonly #native: Partial<Record<Side, QueryRunner>> = {}
  /** Begun, but not sent yet; from the second on they are savepoints. */
  #waiting: IsolationLevel[] = []
  #pinned: Side | undefined
  /** The transaction really began while the source was primary. */
  #takesAnything = false
  #opening: Promise<void> | undefined
  #isReleased = false
  #own: Record<string | symbol, unknown> = {}
  /** What the app holds. */
  readonly runner: QueryRunner

  /** @param target a native runner of the target that there is already */
  constructor(running: Running, mode: ReplicationMode, target?: QueryRunner) {
    this.#running = running
    this.#mode = mode
    if (target !== undefined) this.#native.target = target
    this.runner = this.#appRunner()
    setSession(this.runner, this)
    const { EntityManager } = appClasses(running.dataSource)
    routeManager(new EntityManager(running.dataSource, this.runner), running, this)
  }

  get movable(): boolean {
    return !this.#isActive
  }

  now(subject: Subject): Place {
    return this.#place(this.#pinned ?? this.#running.now(subject).side)
  }

  async place(subject: Subject): Promise<Place> {
    if (this.#isReleased) throw new QueryRunnerAlreadyReleasedError()
    if (!this.#isActive) return this.#place((await this.#running.place(subject)).side)
    this.#pinned ??= this.#active()
    if (this.#pinned === undefined) {
      this.#opening ??= this.#begin(subject).finally(() => {
        this.#opening = undefined
      })
      await this.#opening
    }
    if (!this.#takesAnything) this.#check(subject)
    return this.#place(this.#pinned!)
  }

  get #isActive(): boolean {
    return this.#pinned !== undefined || this.#waiting.length > 0 || this.#active() !== undefined
  }

  /** SQLite has one runner per data source: whoever began a transaction on it, this one takes part. */
  #active(): Side | undefined {
    return (['target', 'source'] as const).find((side) => this.#native[side]?.isTransactionActive)
  }

  #check(subject: Subject): void {
    if (this.#pinned === 'target' && subject.kind === 'unmapped') {
      throw notMapped(subject.table, 'in a transaction of the target')
    }
    if (this.#pinned === 'target' && subject.kind === 'either' && !subject.portable) {
      throw crossed('raw SQL of another dialect cannot be carried to the target', {
        hint: 'Give it per side with `perSide`.',
      })
    }
    if (this.#pinned === 'source' && subject.kind === 'mapped') {
      throw crossed(
        "a mapped table can't be used in a transaction that began on the source with other tables",
        {
          hint: 'Use it in a transaction of its own, or map the other tables too.',
        },
      )
    }
  }

  async #begin(subject: Subject): Promise<void> {
    for (let moves = 0; ; moves++) {
      const primary = await this.#running.migration.primary()
      const { side } = await this.#running.place(subject)
      const runner = this.#on(side)
      try {
        for (const isolation of this.#waiting) await runner.startTransaction(isolation)
      } catch (error) {
        if (!isMoved(error) || moves >= mostMoves) throw error
        // TypeORM leaves its mark of a transaction where BEGIN failed.
        await runner.rollbackTransaction().catch(() => undefined)
        await runner.release()
        delete this.#native[side]
        await this.#running.migration.movedFrom(side)
        continue
      }
      this.#waiting = []
      this.#takesAnything = side === 'source' && primary === 'source'
      this.#pinned = side
      return
    }
  }

  #place(side: Side): Place {
    const runner = this.#on(side)
    runner.data = this.#own['data'] as QueryRunner['data']
    return { side, dataSource: this.#running.sides[side].dataSource, manager: runner.manager, runner }
  }

  #on(side: Side): QueryRunner {
    return (this.#native[side] ??= this.#running.createQueryRunner(side, this.#mode))
  }

  #ended(): void {
    if (this.#active() !== undefined) return
    this.#pinned = undefined
    this.#takesAnything = false
  }

  #appRunner(): QueryRunner {
    const { dataSource } = this.#running
    const own: Record<string | symbol, unknown> = {
      // Which connection it is depends on what is asked of it; a statement connects by itself.
      connect: async () => undefined,
      query: async (sql: string, parameters?: unknown[], structured?: boolean) => {
        const raw = this.#running.subjects.ofRaw(sql)
        return runRaw(this.#running, await this.place(raw.subject), raw, parameters, structured)
      },
      stream: async (sql: string, ...given: Parameters<StreamRest>): Promise<unknown> => {
        const raw = this.#running.subjects.ofRaw(sql)
        const { side, runner } = await this.place(raw.subject)
        return runner!.stream(raw[side], ...given)
      },
      startTransaction: (isolation: IsolationLevel) => this.#start(isolation),
      commitTransaction: () => this.#end('commitTransaction'),
      rollbackTransaction: () => this.#end('rollbackTransaction'),
      release: () => this.#release(),
      [Symbol.asyncDispose]: () => this.#dispose(),
      getReplicationMode: () => this.#mode,
      dataSource,
      connection: dataSource,
      data: {},
    }
    this.#own = own
    return new Proxy(own as unknown as QueryRunner, {
      get: (_from, name, runner) => {
        if (name === 'isTransactionActive') return this.#isActive
        if (name === 'isReleased') return this.#isReleased
        if (name in own) return own[name]
        const native = this.#on('source')
        const member: unknown = Reflect.get(native, name)
        if (typeof member !== 'function') return member
        // Calls `query` of what it is called on.
        if (name === 'sql') return member.bind(runner) as unknown
        return async (...given: unknown[]): Promise<unknown> => {
          await this.place(schema)
          return (member as (...given: unknown[]) => unknown).apply(native, given)
        }
      },
    })
  }

  async #start(isolation: IsolationLevel): Promise<void> {
    await this.#opening
    const side = this.#pinned ?? this.#active()
    if (side === undefined) {
      this.#waiting.push(isolation)
      return
    }
    await this.#on(side).startTransaction(isolation)
    this.#pinned = side
  }

  /** An app on SQLite may go on with a runner that it has released: there is but one for the data source. */
  async #release(): Promise<void> {
    this.#isReleased = dialectOf(this.#running.dataSource.options) !== 'sqlite'
    await Promise.all(Object.values(this.#native).map((native) => native.release()))
    if (this.#isReleased) return
    for (const side of ['source', 'target'] as const) {
      if (this.#native[side]?.isReleased === true) delete this.#native[side]
    }
  }

  async #end(how: 'commitTransaction' | 'rollbackTransaction'): Promise<void> {
    await this.#opening?.catch(() => undefined)
    const side = this.#pinned ?? this.#active()
    if (side !== undefined) {
      try {
        await this.#on(side)[how]()
      } finally {
        this.#ended()
      }
    } else {
      if (this.#waiting.length === 0) throw new TransactionNotStartedError()
      this.#waiting.pop()
    }
  }

  /** As `await using` does it: what is open is committed with all its savepoints. */
  async #dispose(): Promise<void> {
    try {
      this.#waiting = []
      const side = this.#pinned ?? this.#active()
      if (side !== undefined) {
        Object.assign(this.#on(side), { transactionDepth: 1 })
        await this.#end('commitTransaction')
      }
    } finally {
      await this.runner.release()
    }
  }
}

/** What changes or describes the schema: the app's migrations are the source's. */
const schema: Subject = { kind: 'unmapped', table: 'of a schema change' }

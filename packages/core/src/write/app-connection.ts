// One physical connection of the app: every statement passes here, one at a time. It follows the transaction
// (begin, savepoints, commit), has writes of mapped tables captured, and puts journal and fence before the
// commit (DESIGN section 3). Adapters hand over statements and get the driver's own response back.
// Upholds W1, W2, W3, W8, W9, W10.

import type { CaptureRequest } from '../capture/capture.ts'
import { type AppCall, driverError, type NativeConnection } from '../capture/native-connection.ts'
import { uncapturable } from '../capture/refusal.ts'
import { TwinwriteError } from '../errors.ts'
import type {
  BeginScan,
  DdlScan,
  EndScan,
  OpaqueScan,
  SavepointScan,
  Scan,
  SetScan,
  TruncateScan,
} from '../scan/statement.ts'
import { AppTransaction } from './app-transaction.ts'
import { autocommitMarked, autocommitWrite } from './autocommit-write.ts'
import { commit, followed } from './commit.ts'
import { type EngineTraits, engineTraits } from './engine-traits.ts'
import { markedWrite, mayMark } from './marked-write.ts'
import { SessionSettings } from './session-settings.ts'
import type { WriteScan, WriteSide } from './write-side.ts'

/** Settings with which a text is to be read differently: sql_mode of MySQL and MariaDB, old strings of PostgreSQL. */
const changesLexing =
  /ansi|no_backslash_escapes|pipes_as_concat|standard_conforming_strings\W+(?:to\W+)?(?:off|false|0|no)/i

const mayWrite: ReadonlySet<Scan['kind']> = new Set(['insert', 'update', 'delete', 'opaque'])

export class AppConnection<R> {
  readonly side: WriteSide
  readonly native: NativeConnection<R>
  readonly traits: EngineTraits
  readonly session: SessionSettings
  #transaction: AppTransaction | null = null
  /** This connection as other migrations of the process write through it. */
  readonly #lent = new Map<WriteSide, AppConnection<R>>()
  #tail: Promise<unknown> = Promise.resolve()
  #waiting = 0

  constructor(side: WriteSide, native: NativeConnection<R>, session = new SessionSettings()) {
    this.side = side
    this.native = native
    this.session = session
    this.traits = engineTraits[side.engine]
  }

  /** The open transaction, for adapters that pin things to it. */
  get inTransaction(): boolean {
    return this.#transaction !== null
  }

  /** Whether writes are captured now. */
  get captures(): boolean {
    const transaction = this.#transaction
    const states =
      transaction === null
        ? [this, ...this.#lent.values()].map(({ side }) => side.view.current)
        : [transaction, ...transaction.parts.values()].map(({ state }) => state)
    return states.some((state) => state?.plan.journaled === true)
  }

  /** The same connection, with another migration's tables and journal. */
  for(side: WriteSide): AppConnection<R> {
    const known = this.#lent.get(side)
    if (known !== undefined) return known
    const lent = new AppConnection(side, this.native, this.session)
    this.#lent.set(side, lent)
    return lent
  }

  /**
   * Runs one statement of the app and gives the driver's raw response, as if we were not there. Statements of one connection
   * run one after the other, whatever the app awaits (failure case o).
   * @throws the driver's own errors untouched, and TwinwriteError for what twinwrite itself refuses
   */
  execute(call: AppCall<R>): Promise<R> {
    const idle = this.#waiting++ === 0
    const run = idle ? this.#execute(call) : this.#tail.then(() => this.#execute(call))
    this.#tail = run.then(this.#done, this.#failed)
    return run
  }

  readonly #done = (): void => {
    this.#waiting--
  }

  readonly #failed = (error: unknown): void => {
    this.#waiting--
    if (!(error instanceof TwinwriteError)) return
    this.side.reporter.publish('twinwrite:rejected', { side: this.side.side, code: error.code })
  }

  async #execute(call: AppCall<R>): Promise<R> {
    const scan = await this.#scan(call.sql)
    const transaction = this.#transaction
    if (transaction === null) return this.#outside(scan, call)
    const mayFollow =
      scan.kind === 'rollback' ||
      (!transaction.dead && (!transaction.uncaptured || scan.kind === 'rollback-to'))
    if (!mayFollow) {
      // Behind a COMMIT nobody sends a ROLLBACK: the connection would go back into the pool as it is.
      if (scan.kind === 'commit') await this.#abandon(transaction)
      throw new TwinwriteError(
        'TW_TRANSACTION_DEAD',
        'a statement was sent into a transaction that has ended',
        {
          primary: 'rolled-back',
        },
      )
    }
    try {
      return await this.#inside(transaction, scan, call)
    } catch (error) {
      if (!(error instanceof TwinwriteError)) {
        if (this.traits.failureAborts) transaction.failed = true
        if (this.traits.endsTransaction(driverError(this.native, error))) transaction.dead = true
      }
      throw error
    }
  }

  /** A side counts as MySQL until its catalog was read; where MariaDB answers, the text is read again in its grammar. */
  #scan(sql: string): Scan | Promise<Scan> {
    const { side } = this
    const scan = side.capturer.scan(sql)
    if (side.engine !== 'mysql' || !mayWrite.has(scan.kind)) return scan
    const plan = (this.#transaction?.state ?? side.view.current)?.plan
    if (plan?.journaled === false && !side.armed) return scan
    const known = side.captureSide()
    return known instanceof Promise ? known.then(() => side.capturer.scan(sql)) : scan
  }

  async #abandon(transaction: AppTransaction): Promise<void> {
    this.#transaction = null
    transaction.end()
    await this.rollback()
  }

  async #outside(scan: Scan, call: AppCall<R>): Promise<R> {
    switch (scan.kind) {
      case 'begin':
        return this.#begin(scan, call)
      case 'insert':
      case 'update':
      case 'delete':
        return this.#ownerOf(scan).#autocommit(scan, call)
      case 'set':
        return this.#set(scan, call)
      case 'savepoint':
        if (this.side.engine === 'sqlite') await this.#refuseHiddenBegin()
        return call.run(call)
      case 'truncate':
        return this.#ownerOf(scan).#uncapturable(null, scan, call)
      case 'ddl':
      case 'opaque':
        return this.#uncapturable(null, scan, call)
      default:
        return call.run(call)
    }
  }

  async #inside(transaction: AppTransaction, scan: Scan, call: AppCall<R>): Promise<R> {
    switch (scan.kind) {
      case 'insert':
      case 'update':
      case 'delete':
        return this.#byOwner(transaction, scan, (owner, part) => owner.#write(part, scan, call))
      case 'commit':
      case 'rollback':
        return this.#end(transaction, scan, call)
      case 'savepoint':
      case 'release':
      case 'rollback-to':
        return this.#savepoint(transaction, scan, call)
      case 'begin':
        this.#refuseImplicitCommit(transaction, 'a second BEGIN')
        return call.run(call)
      case 'set':
        return this.#set(scan, call)
      case 'ddl':
        if (this.traits.ddlCommits) this.#refuseImplicitCommit(transaction, scan.verb.toUpperCase())
        return this.#uncapturable(transaction, scan, call)
      case 'truncate':
        return this.#byOwner(transaction, scan, (owner, part) => owner.#uncapturable(part, scan, call))
      case 'opaque':
        return this.#uncapturable(transaction, scan, call)
      default:
        return call.run(call)
    }
  }

  async #begin(scan: BeginScan, call: AppCall<R>): Promise<R> {
    const state = await this.side.view.forWrite()
    if (state.plan.primary !== this.side.side && scan.readOnly !== true) throw this.moved('untouched')
    const ended = state.plan.journaled ? undefined : this.side.view.unjournaled(state)
    const transaction = new AppTransaction(state, scan.isolation, ended)
    try {
      const response = await call.run(call)
      this.#transaction = transaction
      return response
    } catch (error) {
      transaction.end()
      throw error
    }
  }

  #ownerOf(scan: WriteScan | TruncateScan): AppConnection<R> {
    const side = this.side.ownerOf(scan)
    return side === null ? this : this.for(side)
  }

  /** What becomes of the part becomes of the whole transaction. */
  async #byOwner(
    transaction: AppTransaction,
    scan: WriteScan | TruncateScan,
    run: (owner: AppConnection<R>, part: AppTransaction) => Promise<R>,
  ): Promise<R> {
    const owner = this.#ownerOf(scan)
    if (owner === this) return run(this, transaction)
    const part = transaction.parts.get(owner.side) ?? (await owner.#join(transaction))
    try {
      return await run(owner, part)
    } finally {
      transaction.dead ||= part.dead
      transaction.uncaptured ||= part.uncaptured
      part.uncaptured = false
    }
  }

  async #join(transaction: AppTransaction): Promise<AppTransaction> {
    const state = await this.side.view.forWrite()
    if (state.plan.primary === this.side.side) return transaction.begin(this.side, state)
    transaction.dead = true
    throw this.moved('rolled-back')
  }

  async #autocommit(scan: WriteScan, call: AppCall<R>): Promise<R> {
    if (!(await this.#isMapped(null, scan))) return call.run(call)
    return this.#orUnsure(
      () => autocommitWrite(this, call, scan),
      () => this.side.unsure(() => this.side.capturer.touches(scan)),
    )
  }

  async #write(transaction: AppTransaction, scan: WriteScan, call: AppCall<R>): Promise<R> {
    if (!transaction.state.plan.journaled) {
      transaction.wroteUnjournaled = true
      return call.run(call)
    }
    if (!(await this.#isMapped(transaction, scan))) return call.run(call)
    let ran = false
    const watched: AppCall<R> = {
      sql: call.sql,
      bindings: call.bindings,
      run: async (statement) => {
        const response = await call.run(statement)
        ran = true
        return response
      },
    }
    const request = await this.request(watched)
    try {
      const captured = await this.side.capturer.capture(request, scan)
      transaction.changes.add(captured.changes)
      return captured.response
    } catch (error) {
      // The app's statement took effect and its keys were not found: the transaction must not commit (W10).
      if (ran) transaction.uncaptured = true
      if (ran || !mayMark(this, error)) throw error
      return markedWrite(this, transaction, call, this.side.capturer.touches(scan), error.what)
    }
  }

  async #end(transaction: AppTransaction, scan: EndScan, call: AppCall<R>): Promise<R> {
    this.#transaction = null
    try {
      if (scan.kind === 'rollback') return await call.run(call)
      const committed = await this.#orUnsure(
        () => commit(this, transaction, call),
        () => this.#unsure(transaction),
      )
      for (const { connection, changes } of committed.rows) await followed(connection, changes)
      return committed.response
    } finally {
      transaction.end()
      if (scan.chain) {
        const ended = transaction.state.plan.journaled
          ? undefined
          : this.side.view.unjournaled(transaction.state)
        this.#transaction = new AppTransaction(transaction.state, transaction.isolation, ended)
      }
    }
  }

  /** An error of the driver may mean a lost connection, behind which the write took effect. */
  async #orUnsure<T>(write: () => Promise<T>, unsure: () => void): Promise<T> {
    try {
      return await write()
    } catch (error) {
      if (!(error instanceof TwinwriteError)) unsure()
      throw error
    }
  }

  #unsure({ changes, parts }: AppTransaction): void {
    this.side.unsure(() => changes.distinct().map(({ table }) => table))
    for (const [side, part] of parts) this.for(side).#unsure(part)
  }

  async #savepoint(transaction: AppTransaction, scan: SavepointScan, call: AppCall<R>): Promise<R> {
    const response = await call.run(call)
    if (scan.kind === 'savepoint') transaction.savepoint(scan.name)
    else if (scan.kind === 'release') transaction.release(scan.name)
    else transaction.rollbackTo(scan.name)
    return response
  }

  async #set(scan: SetScan, call: AppCall<R>): Promise<R> {
    const response = await call.run(call)
    if (scan.lexing && changesLexing.test(call.sql)) this.session.lexing = call.sql
    if (scan.isolation?.scope === 'session') this.session.defaultIsolation = scan.isolation.level
    if (scan.isolation?.scope === 'transaction' && this.#transaction !== null) {
      this.#transaction.isolation = scan.isolation.level
    }
    if (scan.variables.some((name) => name === 'default_transaction_isolation' || name === 'all')) {
      this.session.defaultIsolation = undefined
    }
    return response
  }

  /** Statements whose touched rows nobody can name: refused, or noted as a mark of the whole table (W10). */
  async #uncapturable(
    transaction: AppTransaction | null,
    scan: DdlScan | TruncateScan | OpaqueScan,
    call: AppCall<R>,
  ): Promise<R> {
    const state = transaction?.state ?? this.side.view.current ?? (await this.side.view.refresh())
    if (!state.plan.journaled) {
      const release = this.side.view.unjournaled(state)
      return call.run(call).finally(release)
    }
    await this.side.captureSide()
    const tables = this.side.capturer.touches(scan)
    if (tables.length === 0) return call.run(call)
    const refused = uncapturable(scan, tables)
    if (scan.kind === 'ddl' || this.side.uncaptured === 'refuse') throw refused
    return transaction === null
      ? autocommitMarked(this, call, tables, refused.what)
      : markedWrite(this, transaction, call, tables, refused.what)
  }

  /** SQLite: a SAVEPOINT outside of a transaction begins one, which its RELEASE commits. */
  async #refuseHiddenBegin(): Promise<void> {
    const { plan } = await this.side.view.forWrite()
    if (!plan.journaled) return
    throw new TwinwriteError('TW_CAPTURE_REFUSED', 'SAVEPOINT outside of a transaction begins one unseen', {
      hint: 'BEGIN the transaction first.',
    })
  }

  #refuseImplicitCommit(transaction: AppTransaction, what: string): void {
    if (transaction.size === 0) return
    throw new TwinwriteError('TW_CAPTURE_REFUSED', `${what} would commit the open transaction implicitly`, {
      hint: 'Commit first, or run it on a connection of its own.',
    })
  }

  async #isMapped(transaction: AppTransaction | null, scan: WriteScan): Promise<boolean> {
    const state = this.side.view.current
    // In a stage that nobody follows not even the catalog is asked (W9).
    if (transaction === null && state !== undefined && !state.plan.journaled && !this.side.armed) return true
    await this.side.captureSide()
    return this.side.capturer.isMapped(scan)
  }

  /** What capture needs for one call. */
  async request(call: AppCall<R>): Promise<CaptureRequest<R>> {
    const { lexing } = this.session
    if (lexing !== null) {
      throw new TwinwriteError('TW_CAPTURE_REFUSED', `quotes mean something else since "${lexing}"`, {
        hint: 'Write mapped tables on connections with the usual quoting rules.',
      })
    }
    return { side: await this.side.captureSide(), connection: this.native, call }
  }

  /** Ends our own transaction; a connection that can't is kept out of the pool. Never rejects. */
  async rollback(): Promise<void> {
    try {
      await this.native.own({ sql: 'ROLLBACK', bindings: [] })
    } catch {
      this.native.discard()
    }
  }

  moved(primary: 'untouched' | 'rolled-back'): TwinwriteError {
    return new TwinwriteError('TW_STAGE_MOVED', `the ${this.side.side} is not primary any more`, { primary })
  }
}

// A process's part in a migration: it ties the sides, the stage view, the write path and the follower together, and
// offers what an operator asks of it. The rules live in the parts; here is only who is connected to whom.

import { randomUUID } from 'node:crypto'
import type { AdapterMigration, ConnectionSpec, TableNames } from '../adapter.ts'
import type { Direction } from '../apply/direction.ts'
import type { Bulk } from '../bulk.ts'
import type { NativeConnection } from '../capture/native-connection.ts'
import { targetsOf } from '../capture/written-table.ts'
import type { EngineName } from '../catalog.ts'
import type { Clock } from '../clock.ts'
import type { Engines } from '../engines.ts'
import { TwinwriteError } from '../errors.ts'
import { Reporter } from '../events.ts'
import type { Migration } from '../mapping/config.ts'
import type { SideCatalog } from '../mapping/mapped-table.ts'
import { mappingError, type MappingProblem } from '../mapping/problem.ts'
import type { Replica } from '../pace/replica-brake.ts'
import { ReadPolicy } from '../reads/read-policy.ts'
import { withoutRamp } from '../reads/ramp.ts'
import { Follower } from '../relay/follower.ts'
import { type StageState, StageView } from '../stage-view.ts'
import type { Side, Stage } from '../stage.ts'
import { type BlockedKey, type Store, StoreError } from '../store.ts'
import { raiseCounters } from '../switch/raise-counters.ts'
import { recover, type RecoverOptions, type Recovery } from '../switch/recover.ts'
import type { SwitchReport } from '../switch/switch-stage.ts'
import { AppConnection } from '../write/app-connection.ts'
import type { SideRows } from '../verify/side-rows.ts'
import type { SessionSettings } from '../write/session-settings.ts'
import type { WriteSide } from '../write/write-side.ts'
import { blockedRows, dropRows, retryRows } from './blocked-rows.ts'
import { coded, orElse } from './coded.ts'
import { HangingSwitch } from './hanging-switch.ts'
import { HeardStage, publishStage } from './heard-stage.ts'
import { install, type SideStatements, uninstall } from './installation.ts'
import { load } from './load.ts'
import type { Neighbour, Neighbourhood, ProcessPart } from './neighbours.ts'
import { insisting, type LoadOptions } from './load-rows.ts'
import { Resolution } from './resolution.ts'
import { SideRuntime } from './side-runtime.ts'
import { setStage, type StepContext, switchStage, type SwitchStageOptions } from './stage-steps.ts'
import { type ProcessStatus, processStatus, type Status, statusOf } from './status.ts'
import { writeSideOf } from './write-side-of.ts'

export const packageVersion = '0.1.0'

/** Longest wait (ms) of a process's first statements for both catalogs. */
const firstLookMs = 3000
/** Ages are differences of a database's clock in whole milliseconds, elapsed time is of our own. */
const clockErrorMs = 20
/** Tries of one batch of a load while a side does not answer. */
const loadTries = 20

export class RunningMigration implements AdapterMigration {
  readonly name: string
  /** Both sides' databases as the protocol sees them, for loading, comparing and repairing. */
  readonly stores: Record<Side, Store>
  readonly reads: ReadPolicy | null
  readonly #migration: Migration
  readonly #engines: Engines
  readonly #clock: Clock
  readonly #reporter: Reporter
  readonly #sides: Record<Side, SideRuntime>
  readonly #resolution: Resolution
  readonly #view: StageView
  readonly #follower: Follower
  readonly #writeSides: Record<Side, WriteSide>
  readonly #tending: Promise<void>
  readonly #heard: HeardStage | null
  readonly #neighbour: Neighbour
  readonly #among: Neighbourhood | null
  #rest = new AbortController()
  #closed: Promise<void> | undefined
  #firstLook: Promise<void> | undefined

  /** @param part one of the fleet's processes; `operator`: no beat, no relay, nothing in the background */
  constructor(
    migration: Migration,
    engines: Engines,
    specs: Record<Side, ConnectionSpec>,
    clock: Clock,
    part: ProcessPart | 'operator',
  ) {
    this.name = migration.name
    this.#migration = migration
    this.#engines = engines
    this.#clock = clock
    this.#reporter = new Reporter(migration.name)
    const naming = { migration: migration.name, cohort: '*', ...migration.controlTables }
    const side = (name: Side): SideRuntime => new SideRuntime(name, specs[name], migration, engines, naming)
    this.#sides = { source: side('source'), target: side('target') }
    this.stores = { source: this.#sides.source.store, target: this.#sides.target.store }
    this.#resolution = new Resolution(migration, this.#sides)
    const journaled = migration.level !== 'unjournaled'
    const { host } = engines
    const orm = part === 'operator' ? 'none' : part.orm
    const identity = { id: randomUUID(), host, pid: process.pid, version: packageVersion, orm }
    this.#view = new StageView(this.stores, clock, this.#reporter, identity, {
      ...migration,
      unjournaled: !journaled,
    })
    // In a freeze who switches empties the journal, in large pages: a fleet that helps stands in its way.
    const followed = (): Direction | null => (this.#view.current?.frozen ? null : this.#direction())
    this.#follower = new Follower(followed, clock, this.#reporter, { ...migration, journaled })
    this.reads = ReadPolicy.of({
      migration,
      clock,
      reporter: this.#reporter,
      follower: this.#follower,
      processId: identity.id,
      target: this.stores.target,
      state: () => this.#view.current,
      tables: () => this.#resolution.tables,
      journalState: () => this.#keeper(this.#view.current?.plan.primary ?? 'source').journalState(),
    })
    this.#writeSides = { source: this.#writeSide('source'), target: this.#writeSide('target') }
    this.#view.onChange(() => this.#follower.wake())
    const look = (): void => void this.#view.lookAfresh().catch(again)
    this.#heard = part === 'operator' ? null : HeardStage.of(migration, this.#reporter, look)
    this.#among = part === 'operator' ? null : part.among
    this.#neighbour = {
      migration,
      specs,
      stage: () => this.#view.current,
      writeSide: (name) => this.#writeSides[name],
    }
    if (part !== 'operator') {
      part.among.join(this.#neighbour)
      this.#view.start()
      this.#follower.start()
    }
    this.#tending = part === 'operator' ? Promise.resolve() : this.#tend()
  }

  /** Whether processes of this migration run shadow reads. */
  get shadowsReads(): boolean {
    return (this.#migration.reads?.shadow?.rate ?? 0) > 0
  }

  /** Whether the source keeps following in target-only. */
  get undo(): boolean {
    return this.#migration.undo
  }

  get tables(): readonly TableNames[] {
    return this.#resolution.tables
  }

  async tablesKnown(): Promise<void> {
    if (this.#resolution.attempted) return
    this.#firstLook ??= this.#lookOnce()
    await this.#firstLook
  }

  get engines(): Readonly<Record<Side, EngineName>> {
    return { source: this.#sides.source.engine, target: this.#sides.target.engine }
  }

  /** Side that calls go to. Falls back to the source as long as nothing is known. */
  primary(): Side | Promise<Side> {
    const state = this.#view.current
    if (state !== undefined) return state.plan.primary
    return this.#view.refresh().then(
      ({ plan }) => plan.primary,
      () => 'source',
    )
  }

  async movedFrom(_from: Side): Promise<Side> {
    await this.#view.refresh()
    return (await this.#view.forWrite()).plan.primary
  }

  /** What both databases say now, for those who have heard that the stage has moved. @throws TwinwriteError `TW_UNREACHABLE` */
  look(): Promise<StageState> {
    return this.#view.refresh()
  }

  /** Whenever this process has seen another stage, epoch or freeze. */
  onStage(listener: (state: StageState) => void): void {
    this.#view.onChange(listener)
  }

  connect<R>(side: Side, native: NativeConnection<R>, session?: SessionSettings): AppConnection<R> {
    return new AppConnection(this.#writeSides[side], native, session)
  }

  /**
   * Makes the journal tables on both sides, in stage source-only. Idempotent.
   * @returns the statements by side; with `dryRun` nothing else happens
   * @throws TwinwriteError `TW_INSTALL_DENIED`, `TW_INSTALL_VERSION`, `TW_UNREACHABLE`
   */
  async install({ dryRun = false } = {}): Promise<SideStatements> {
    const statements = await install(this.#installedStores(), dryRun)
    if (!dryRun) await this.#view.lookAfresh()
    return statements
  }

  /**
   * Removes the journal tables. Only in source-only: elsewhere processes would take the source for primary again.
   * After target-only take twinwrite out of the application first and pass `retired`.
   * @throws TwinwriteError `TW_STAGE_STEP`, `TW_UNREACHABLE`
   */
  async uninstall({ dryRun = false, retired = false } = {}): Promise<SideStatements> {
    const { stage } = await this.#view.refresh()
    const statements = await uninstall(this.#installedStores(), stage, { dryRun, retired })
    if (!dryRun) await this.#view.lookAfresh()
    return statements
  }

  /**
   * Reads both catalogs and checks the mapping.
   * @returns all problems, warnings too @throws TwinwriteError `TW_UNREACHABLE`
   */
  async check(): Promise<readonly MappingProblem[]> {
    await this.#resolution.resolve()
    return this.#resolution.problems
  }

  /** The mapped tables as both databases describe them now; those that are not there are left out. @throws TwinwriteError `TW_UNREACHABLE` */
  async catalogs(): Promise<Record<Side, SideCatalog>> {
    const [source, target] = await coded(() =>
      Promise.all([this.#sides.source.catalog(), this.#sides.target.catalog()]),
    )
    return { source, target }
  }

  /**
   * A step that keeps the primary: who follows changes. Called again in the stage that it leads to, it only waits for
   * the barrier once more, so that anybody can finish it.
   * @param options.barrierTimeoutMs longest wait (ms) for processes and transactions that do not journal yet
   * @throws TwinwriteError `TW_STAGE_STEP`, `TW_STAGE_RACED`, `TW_BARRIER_TIMEOUT`, `TW_UNREACHABLE`, mapping and install errors
   */
  setStage(to: Stage, { barrierTimeoutMs = 60_000 } = {}): Promise<void> {
    return setStage(this.#steps(), to, barrierTimeoutMs)
  }

  /**
   * Moves authority to the other side; writes wait for the time of the switch. The way back is the same call.
   * @param options.closed further reasons not to switch, asked for before the freeze and again in it
   * @throws TwinwriteError `TW_STAGE_STEP`, `TW_SWITCH_REFUSED`, `TW_SWITCH_TIMEOUT`, `TW_STAGE_RACED`: nothing has changed;
   * `TW_UNREACHABLE`: a side was lost on the way, `recover` or any process finishes what was begun
   */
  switchStage(to: Stage, options: SwitchStageOptions = {}): Promise<SwitchReport> {
    return switchStage(this.#steps(), to, options)
  }

  /** Finishes a switch that its controller left half-way. Harmless at any time. @throws TwinwriteError `TW_UNREACHABLE` */
  async recover(): Promise<Recovery> {
    const done = await coded(() => recover(this.stores, this.#recoverOptions()))
    const { stage } = await this.#view.lookAfresh()
    if (done !== 'nothing') await publishStage(this.#migration.stageSource, this.name, stage, this.#reporter)
    return done
  }

  /**
   * Applies in the foreground what the journal holds now; what is written meanwhile is not waited for.
   * @returns false when `timeoutMs` was not enough
   */
  async drain({ timeoutMs = 60_000 } = {}): Promise<boolean> {
    const begun = this.#clock.now()
    const { plan } = await this.#view.refresh()
    for (;;) {
      const found = await orElse(this.#drainPage(), 0)
      const elapsed = this.#clock.now() - begun
      if (found < this.#migration.batchSize) {
        const { oldestMs } = await coded(() => this.stores[plan.primary].journalState())
        if (oldestMs === null || oldestMs + clockErrorMs < elapsed) return true
      }
      if (elapsed >= timeoutMs) return false
      if (found === 0) await this.#clock.sleep(5)
    }
  }

  /**
   * Copies every row of the primary through apply, and settles the table marks that were there before.
   * @returns rows read of each mapping @throws TwinwriteError `TW_STAGE_STEP` where nobody follows; `TW_STAGE_RACED`, `TW_UNREACHABLE`
   */
  async load(): Promise<Record<string, number>> {
    const direction = await this.following()
    return coded(() => load(direction, this.loadOptions))
  }

  /** What a run that loads needs of this process. */
  get loadOptions(): LoadOptions {
    const { batchSize } = this.#migration
    return { clock: this.#clock, reporter: this.#reporter, batchSize, tries: loadTries }
  }

  /** Raises the counters of the side that follows past those of the primary. @throws TwinwriteError `TW_UNREACHABLE` */
  async raiseCounters({ primary, secondary }: Direction): Promise<void> {
    const { counterHeadroom } = this.#migration
    // MySQL waits for every transaction that has read the table.
    await coded(() => insisting(this.loadOptions, () => raiseCounters(primary, secondary, counterHeadroom)))
  }

  /**
   * From the primary to the side that follows it, with the mapping checked now: what loading, comparing and repairing work on.
   * @param options.early also in source-only, for those who only look at what they would do later
   * @throws TwinwriteError `TW_STAGE_STEP` where nobody follows; `TW_UNREACHABLE`, mapping errors
   */
  async following({ early = false } = {}): Promise<Direction> {
    const { stage } = await this.#view.refresh()
    await this.#resolution.demand()
    const mayLook = early && stage === 'source-only'
    const direction = mayLook ? this.#resolution.direction('source') : this.#direction()
    if (direction !== null) return direction
    throw new TwinwriteError('TW_STAGE_STEP', `nobody follows in ${stage}`, {
      hint: 'Set the stage to source-first before, so that no write is missed.',
    })
  }

  /** Whole tables of one side; the caller closes it. Knows the tables after `following` or `check`. */
  openBulk(side: Side, sessions: number): Bulk {
    return this.#sides[side].openBulk(sessions)
  }

  /**
   * Rows of one side to be compared; the caller closes it. Knows the tables after `following` or `check`.
   * @param replica of that side, to be read instead
   */
  openRows(side: Side, sessions: number, replica?: ConnectionSpec): SideRows {
    return this.#sides[side].openRows(sessions, replica)
  }

  /** Something whose lag a long run may wait for; the caller closes it. @param spec of a read replica of either side */
  openReplica(spec: ConnectionSpec): Replica {
    return this.#engines.openReplica(spec)
  }

  /** Rows that the secondary does not accept, oldest first, with the reason. @throws TwinwriteError `TW_UNREACHABLE` */
  async blocked(): Promise<readonly BlockedKey[]> {
    return blockedRows(await this.#journalKeeper())
  }

  /**
   * Puts blocked rows back into the queue, after what blocked them was mended.
   * @param ids of `blocked()`; all when left out
   * @returns how many entries @throws TwinwriteError `TW_UNREACHABLE`
   */
  async retryBlocked(ids?: readonly string[]): Promise<number> {
    const retried = await retryRows(await this.#journalKeeper(), ids)
    this.#follower.wake()
    return retried
  }

  /**
   * Gives blocked rows up. Their tables get a mark first, which blocks a switch until a load or repair has settled it (W10).
   * @param ids of `blocked()` @returns how many entries @throws TwinwriteError `TW_UNREACHABLE`
   */
  async dropBlocked(ids: readonly string[], reason: string): Promise<number> {
    return dropRows(await this.#journalKeeper(), ids, reason)
  }

  async status(): Promise<Status> {
    const state = await this.#view.refresh()
    return statusOf(state, {
      name: this.name,
      stores: this.stores,
      engines: this.engines,
      keeper: this.#keeper(state.plan.primary),
      problems: this.#resolution.problems,
      heard: this.#heard?.now ?? null,
      reads: this.reads && { percent: this.reads.percent, differing: this.reads.differing },
      process: this.process,
    })
  }

  /** What this process knows by itself, without a statement. */
  get process(): ProcessStatus {
    return processStatus(this.#view, this.#follower, this.#reporter)
  }

  /** Store whose rows tell journal, blocked rows, marks and processes, as far as this process knows the stage. */
  get keeper(): Store {
    return this.#keeper(this.#view.current?.plan.primary ?? 'source')
  }

  /**
   * Changes the percentage of reads that go to the target first, in this process.
   * @throws TwinwriteError `TW_CONFIG_INVALID` for another number than 0 to 100, and without the option `reads.ramp`
   */
  rampReads(percent: number): void {
    if (this.reads === null) throw withoutRamp()
    this.reads.ramp(percent)
  }

  /** Lets applies under way finish (at most `shutdownMs`) and closes our own connections. The journal keeps the rest. */
  close(): Promise<void> {
    this.#closed ??= (async () => {
      this.#among?.leave(this.#neighbour)
      this.#rest.abort()
      await this.#heard?.stop()
      this.reads?.stop()
      await this.#follower.stop(this.#migration.shutdownMs)
      await this.#view.stop()
      await this.#tending
      await Promise.all([this.stores.source.close(), this.stores.target.close()])
    })()
    return this.#closed
  }

  #writeSide(name: Side): WriteSide {
    return writeSideOf(this.#sides[name], {
      migration: this.#migration,
      view: this.#view,
      reporter: this.#reporter,
      follower: this.#follower,
      reads: this.reads,
      direction: () => this.#direction(),
      ownerOf: (scan) => this.#among?.ownerOf(this.#neighbour, name, () => targetsOf(scan)) ?? null,
    })
  }

  #steps(): StepContext {
    return {
      migration: this.#migration,
      clock: this.#clock,
      reporter: this.#reporter,
      view: this.#view,
      stores: this.stores,
      keeper: (primary) => this.#keeper(primary),
      demandMapping: () => this.#resolution.demand(),
      install: () => this.install(),
      drainPage: () => this.#drainPage(),
    }
  }

  async #drainPage(): Promise<number> {
    const direction = this.#direction()
    return direction === null ? 0 : this.#follower.drainPage(direction)
  }

  /** From the side that is primary to the one that follows; null while nobody does, or the mapping is not known yet. */
  #direction(): Direction | null {
    const plan = this.#view.current?.plan
    return plan?.journaled ? this.#resolution.direction(plan.primary) : null
  }

  /** Store whose rows tell stage, journal and processes. */
  #keeper(primary: Side): Store {
    return this.stores[this.#migration.level === 'unjournaled' ? 'target' : primary]
  }

  async #journalKeeper(): Promise<Store> {
    const { plan } = await this.#view.refresh()
    return this.#keeper(plan.primary)
  }

  #installedStores(): readonly Store[] {
    const { source, target } = this.stores
    return this.#migration.level === 'unjournaled' ? [target] : [source, target]
  }

  /** Resolves the mapping as soon as both sides answer, and recovers a switch that hangs. */
  async #tend(): Promise<void> {
    const watched = new HangingSwitch(this.#clock, this.#migration.drainTimeoutMs)
    while (this.#closed === undefined) {
      try {
        const state = this.#view.current
        if (state?.installed && !this.#resolution.attempted) await this.#resolveInBackground()
        if (watched.hangs(state)) {
          await recover(this.stores, { ...this.#recoverOptions(), frozenEpoch: state!.epoch })
          await this.#view.refresh()
        }
        // Last: a target that hangs keeps nothing else waiting.
        await this.reads?.note()
      } catch (error) {
        again(error)
      }
      this.#rest = new AbortController()
      if (this.#closed !== undefined) return
      await this.#clock.sleep(this.#migration.beatMs, this.#rest.signal).catch(() => undefined)
    }
  }

  /** Ends with whatever comes of it: `#tend` looks again. */
  async #lookOnce(): Promise<void> {
    const answered = new AbortController()
    const late = this.#clock.sleep(firstLookMs, answered.signal).catch(() => undefined)
    await Promise.race([this.#resolveInBackground().catch(again), late])
    answered.abort()
  }

  async #resolveInBackground(): Promise<void> {
    await this.#resolution.resolve()
    const error = mappingError(this.#resolution.problems)
    if (error !== undefined)
      this.#reporter.publish('twinwrite:warning', { code: error.code, message: error.message })
  }

  #recoverOptions(): RecoverOptions {
    const { freezeTimeoutMs: lockTimeoutMs } = this.#migration
    return { clock: this.#clock, reporter: this.#reporter, lockTimeoutMs }
  }
}

/** A side did not answer, or not as it should: there will be another look. */
function again(error: unknown): void {
  if (!(error instanceof StoreError) && !(error instanceof TwinwriteError)) throw error
}

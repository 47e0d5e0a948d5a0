// What this process believes the stage to be, learnt from the fence rows of both sides. The view only tells
// what to try; the fence decides at every write (DESIGN section 6). In source-only, where no statement checks a
// fence, a lease takes its place: a process whose lease ran out must look again before its next write.

import type { Clock } from './clock.ts'
import { TwinwriteError } from './errors.ts'
import type { Reporter } from './events.ts'
import { type Side, type Stage, type StagePlan, stagePlan } from './stage.ts'
import { type Fence, type ProcessBeat, type Store, StoreError } from './store.ts'
import { switchId } from './switch/switch-event.ts'

/** One moment of a migration as its fence rows tell it. */
export interface StageState {
  readonly stage: Stage
  readonly plan: StagePlan
  /** Epoch of the side that is primary; 0 before the installation. */
  readonly epoch: number
  /** True while a switch is under way and nobody may write. */
  readonly frozen: boolean
  /** Frozen, and past the point of no return: only the opening of the other side is missing. */
  readonly decided: boolean
  /** Epoch before the switch that is under way; null when there is none, or the side that tells it does not answer. */
  readonly switchingFrom: number | null
  readonly installed: boolean
}

export interface StageViewOptions {
  readonly undo: boolean
  /** Milliseconds between looks. */
  readonly beatMs: number
  /** Milliseconds for which one look allows unfenced writes. */
  readonly leaseMs: number
  /** Longest wait (ms) of a write for the end of a switch. */
  readonly writeWaitMs: number
  /** A migration without tables in the source: the source is primary, the target's row holds the stage. */
  readonly unjournaled: boolean
}

/**
 * Rest between two looks while a switch is under way, in ms: a share of the time that it has taken so far, so that a write waits little
 * longer than the switch lasts, and a fleet that waits leaves the servers to those who empty the journal.
 */
const pollWhileFrozen = { share: 0.2, minMs: 5, maxMs: 100 }
/** Tries to get a lease without a pause. */
const quickRegistrations = 3

export class StageView {
  readonly #stores: Record<Side, Store>
  readonly #clock: Clock
  readonly #reporter: Reporter
  readonly #options: StageViewOptions
  readonly #identity: Omit<ProcessBeat, 'stage' | 'epoch'>
  readonly #listeners = new Set<(state: StageState) => void>()
  #state: StageState | undefined
  #leaseUntil = Number.NEGATIVE_INFINITY
  /** When the latest beat was sent that the database has taken. */
  #registeredAt = Number.NEGATIVE_INFINITY
  /** Sides that were told of this process. */
  readonly #told = new Set<Side>()
  /** Epoch of the latest beat that was sent. */
  #acknowledged = 0
  #looking: Promise<StageState> | undefined
  #loop: Promise<void> | undefined
  #stopped = false
  #rest = new AbortController()
  /** Open unjournaled writes and transactions by the epoch that they began in. */
  readonly #unjournaled = new Map<number, number>()

  constructor(
    stores: Record<Side, Store>,
    clock: Clock,
    reporter: Reporter,
    identity: Omit<ProcessBeat, 'stage' | 'epoch'>,
    options: StageViewOptions,
  ) {
    this.#stores = stores
    this.#clock = clock
    this.#reporter = reporter
    this.#identity = identity
    this.#options = options
  }

  /** The latest state seen; undefined before the first look. */
  get current(): StageState | undefined {
    return this.#state
  }

  get processId(): string {
    return this.#identity.id
  }

  onChange(listener: (state: StageState) => void): void {
    this.#listeners.add(listener)
  }

  /** Looks every `beatMs` and tells the fleet that this process is alive; at once when it obeys another epoch than it has told. */
  start(): void {
    this.#loop ??= this.#beat()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#rest.abort()
    await this.#loop
    await Promise.all(
      [...this.#told].map((side) => this.#stores[side].forget(this.#identity.id).catch(() => undefined)),
    )
  }

  /** The state for a write that begins now, without any statement where that is safe. */
  forWrite(): StageState | Promise<StageState> {
    const state = this.#state
    return state !== undefined && this.#mayWrite(state) ? state : this.#settled()
  }

  #mayWrite(state: StageState): boolean {
    return !state.frozen && (state.plan.journaled || this.#clock.now() < this.#leaseUntil)
  }

  /** Looks at the fence rows now. Concurrent callers share one look. */
  refresh(): Promise<StageState> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  /** Looks after a change of the fence: a look that was under way may have read it before. */
  async lookAfresh(): Promise<StageState> {
    await this.#looking?.catch(() => undefined)
    return this.refresh()
  }

  /** Registers a write or transaction that leaves no journal entries; call the result when it has ended. */
  unjournaled(state: StageState): () => void {
    const { epoch } = state
    this.#unjournaled.set(epoch, (this.#unjournaled.get(epoch) ?? 0) + 1)
    return () => {
      const left = this.#unjournaled.get(epoch)! - 1
      if (left > 0) this.#unjournaled.set(epoch, left)
      else if (this.#unjournaled.delete(epoch)) this.#hurry()
    }
  }

  /** Waits for the end of a switch, or for a lease, as long as a write may. */
  async #settled(): Promise<StageState> {
    const began = this.#clock.now()
    let registrations = 0
    let frozen: StageState | undefined
    const tell = (ended: boolean): void => {
      if (frozen === undefined) return
      const ms = this.#clock.now() - began
      this.#reporter.publish('twinwrite:waited', {
        ms,
        ended,
        switchId: this.#switchId(frozen.switchingFrom),
      })
    }
    for (;;) {
      const state = await this.refresh()
      if (this.#mayWrite(state)) {
        tell(true)
        return state
      }
      if (state.frozen) frozen = state
      const failure = state.frozen ? undefined : await this.#tryToRegister(state)
      if (!state.frozen && failure === undefined && registrations++ < quickRegistrations) continue
      const waitedMs = this.#clock.now() - began
      if (waitedMs >= this.#options.writeWaitMs) {
        tell(false)
        throw this.#waitedTooLong(state, failure)
      }
      const { share, minMs, maxMs } = pollWhileFrozen
      const restMs = Math.min(maxMs, Math.max(minMs, waitedMs * share))
      // Halved or not, at random: processes that began to wait together do not look together.
      await this.#clock.sleep(restMs * (0.5 + this.#clock.random() / 2))
    }
  }

  #switchId(epoch: number | null): string | null {
    return epoch === null ? null : switchId(this.#reporter.migration, epoch)
  }

  /** @returns why the database did not take the beat; undefined when it did */
  async #tryToRegister(state: StageState): Promise<StoreError | undefined> {
    try {
      await this.#register(state)
    } catch (error) {
      if (error instanceof StoreError) return error
      throw error
    }
  }

  #waitedTooLong(state: StageState, failure: StoreError | undefined): TwinwriteError {
    const { writeWaitMs } = this.#options
    return state.frozen
      ? new TwinwriteError('TW_STAGE_FROZEN', `no side was primary for ${writeWaitMs} ms`, {
          primary: 'rolled-back',
        })
      : new TwinwriteError('TW_UNREACHABLE', `the process could not register for ${writeWaitMs} ms`, {
          primary: 'rolled-back',
          cause: failure,
        })
  }

  async #look(): Promise<StageState> {
    const started = this.#clock.now()
    const registeredAt = this.#registeredAt
    const failures: StoreError[] = []
    const state = derive(await this.#readFences(failures), this.#options)
    if (state === undefined) {
      if (this.#state !== undefined && this.#state.plan.journaled) return this.#state
      const why = failures.map(({ side, message }) => `the ${side}: ${message}`).sort()
      throw new TwinwriteError(
        'TW_UNREACHABLE',
        `nobody tells the stage of the migration: ${why.join('; ')}`,
        {
          cause: failures[0],
        },
      )
    }
    // The lease begins with a registration that was in the database before this look: whoever changes the stage either finds
    // this process registered and waits for it, or this look has already seen the change.
    this.#leaseUntil = (state.installed ? Math.min(started, registeredAt) : started) + this.#options.leaseMs
    const before = this.#state
    this.#state = state
    if (before?.stage !== state.stage || before.epoch !== state.epoch || before.frozen !== state.frozen) {
      const { stage, epoch, frozen } = state
      const switched = switchBetween(before, state)
      this.#reporter.publish('twinwrite:stage', { stage, epoch, frozen, switchId: this.#switchId(switched) })
      for (const listener of this.#listeners) listener(state)
      this.#hurry()
    }
    return state
  }

  /** Reads both rows at once, and does not wait for a dead side when the other one is decisive. @param failures get why a side is left out */
  async #readFences(failures: StoreError[]): Promise<Partial<Record<Side, Fence | null>>> {
    const seen: Partial<Record<Side, Fence | null>> = {}
    const read = async (side: Side): Promise<void> => {
      try {
        seen[side] = await this.#stores[side].readFence()
      } catch (error) {
        if (!(error instanceof StoreError)) throw error
        failures.push(error)
        if (error.reason === 'missing') seen[side] = null
        if (error.reason === 'denied') {
          throw new TwinwriteError(
            'TW_INSTALL_DENIED',
            `the journal tables of the ${side}: ${error.message}`,
            {
              hint: 'Grant SELECT, INSERT, UPDATE and DELETE on them, and USAGE of their sequences, to this user.',
              cause: error,
            },
          )
        }
        if (error.reason === 'version')
          throw new TwinwriteError('TW_INSTALL_VERSION', error.message, { cause: error })
      }
    }
    const sides: Side[] = this.#options.unjournaled ? ['target'] : ['source', 'target']
    const reads = sides.map(read)
    await Promise.race([
      Promise.all(reads),
      ...reads.map(async (done) => {
        await done
        if (!isDecisive(seen)) await Promise.all(reads)
      }),
    ])
    return seen
  }

  async #beat(): Promise<void> {
    while (!this.#stopped) {
      this.#rest = new AbortController()
      try {
        const state = await this.refresh()
        this.#rest = new AbortController()
        if (state.installed) {
          await this.#register(state)
          if (!state.plan.journaled) await this.refresh()
        }
      } catch (error) {
        if (error instanceof TwinwriteError) {
          this.#reporter.publish('twinwrite:warning', { code: error.code, message: error.message })
        } else if (!(error instanceof StoreError)) throw error
      }
      if (this.#stopped) return
      await this.#clock.sleep(this.#options.beatMs, this.#rest.signal).catch(() => undefined)
    }
  }

  /** The next beat is due now if it tells more than the last one: somebody may be waiting for it at a barrier. */
  #hurry(): void {
    const state = this.#state
    if (state !== undefined && !state.frozen && this.#obeyed(state) > this.#acknowledged) this.#rest.abort()
  }

  /** The epoch that every write of this process obeys from now on (C27: only between transactions). */
  #obeyed(state: StageState): number {
    return Math.min(state.epoch, ...this.#unjournaled.keys())
  }

  /** Acknowledges the epoch that is obeyed. */
  async #register(state: StageState): Promise<void> {
    const epoch = this.#obeyed(state)
    this.#acknowledged = epoch
    const side = this.#options.unjournaled ? 'target' : state.plan.primary
    const sentAt = this.#clock.now()
    this.#told.add(side)
    await this.#stores[side].beat({ ...this.#identity, stage: state.stage, epoch })
    this.#registeredAt = sentAt
  }
}

/**
 * Whether what was read tells enough without the other side. One side that follows does not: whether the other has opened
 * already is written there only.
 */
export function isDecisive(seen: Partial<Record<Side, Fence | null>>): boolean {
  const { source, target } = seen
  return source === null || [source, target].some((fence) => fence != null && !follows(fence))
}

/** Whether this side is neither primary nor was it just before. */
export function follows({ role }: Fence): boolean {
  return role === 'secondary' || role === 'loading'
}

/** The state that the fence rows tell; undefined when they (or those of them that answered) don't. */
export function derive(
  seen: Partial<Record<Side, Fence | null>>,
  options: { readonly undo: boolean; readonly unjournaled: boolean },
): StageState | undefined {
  const { source, target } = seen
  if (options.unjournaled) {
    if (target === undefined) return undefined
    const stage = target?.stage ?? 'source-only'
    return {
      stage,
      plan: stagePlan(stage, options.undo),
      epoch: target?.epoch ?? 0,
      frozen: false,
      decided: false,
      switchingFrom: null,
      installed: target !== null,
    }
  }
  for (const fence of [source, target]) {
    if (!fence || follows(fence)) continue
    const frozen = fence.role === 'frozen'
    return stateOf(fence, options.undo, { frozen, switchingFrom: frozen ? fence.epoch - 1 : null })
  }
  if (source && target) {
    // Both gave up: the one with the higher epoch did so last, and the other one will open (PROTOCOL 6.4).
    const decided = source.epoch > target.epoch ? source : target
    return stateOf(decided, options.undo, { frozen: true, decided: true, switchingFrom: decided.epoch - 2 })
  }
  if (source === null) {
    const plan = stagePlan('source-only')
    const still = { frozen: false, decided: false, switchingFrom: null }
    return { stage: 'source-only', plan, epoch: 0, ...still, installed: false }
  }
  if (source !== undefined && target === undefined) {
    // The source follows and the target does not answer: the target is primary, or about to be.
    return stateOf(source, options.undo, { frozen: stagePlan(source.stage).primary === 'source' })
  }
  return undefined
}

/** The switch (epoch before it) that brought a process from one state that it saw to the next, its end included. */
function switchBetween(before: StageState | undefined, now: StageState): number | null {
  const seen = now.switchingFrom ?? before?.switchingFrom ?? null
  if (seen !== null || before === undefined) return seen
  return before.plan.primary !== now.plan.primary && now.epoch === before.epoch + 2 ? before.epoch : null
}

function stateOf(
  { stage, epoch }: Fence,
  undo: boolean,
  more: { frozen: boolean; decided?: boolean; switchingFrom?: number | null },
): StageState {
  const plan = stagePlan(stage, undo)
  return { stage, plan, epoch, installed: true, decided: false, switchingFrom: null, ...more }
}

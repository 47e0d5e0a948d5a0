// The stage that was asked for at the endpoint of this process, until the fleet has reached it.

import { type RunningMigration, type Stage, stagePlan, TwinwriteError } from '@twinwrite/core'

export interface Wanted {
  readonly migration: string
  readonly stage: Stage
  /** What was asked for, or the stage itself. */
  readonly wanted: Stage
  readonly epoch: number
  /** A switch is under way. */
  readonly frozen: boolean
}

export class WantedStage {
  readonly #migration: RunningMigration
  readonly #listeners = new Set<() => void>()
  readonly #held = new Set<() => void>()
  #asked: Stage | null = null
  #changes = 0

  constructor(migration: RunningMigration) {
    this.#migration = migration
    migration.onStage(() => this.#tell())
  }

  /** @throws TwinwriteError `TW_UNREACHABLE` */
  async look(): Promise<Wanted> {
    const { stage, epoch, frozen } = await this.#migration.look()
    if (stage === this.#asked && !frozen) this.#asked = null
    return { migration: this.#migration.name, stage, wanted: this.#asked ?? stage, epoch, frozen }
  }

  /** @throws TwinwriteError `TW_STAGE_STEP` where no step leads there, or nobody takes it */
  async ask(to: Stage): Promise<Wanted> {
    const { stage } = await this.#migration.look()
    const { name, undo } = this.#migration
    if (to !== stage && !stagePlan(stage, undo).neighbours.includes(to)) {
      throw new TwinwriteError('TW_STAGE_STEP', `no step from ${stage} to ${to}`)
    }
    if (this.#listeners.size === 0) {
      throw new TwinwriteError('TW_STAGE_STEP', `nobody takes steps of ${name} that are asked for here`, {
        hint: 'Call carryOut(migration, { source: endpoint.source }) beside the endpoint.',
      })
    }
    this.#asked = to === stage ? null : to
    this.#tell()
    return this.look()
  }

  watch(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** How often something has changed. */
  get changes(): number {
    return this.#changes
  }

  /** Waits until there are more changes, the time is over or the signal comes. */
  async changedSince(changes: number, ms: number, signal: AbortSignal): Promise<void> {
    if (this.#changes !== changes || signal.aborted) return
    let end = (): void => undefined
    const ended = new Promise<void>((resolve) => (end = resolve))
    this.#held.add(end)
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end, { once: true })
    await ended
    clearTimeout(timer)
    signal.removeEventListener('abort', end)
    this.#held.delete(end)
  }

  /** Ends all waits. */
  letGo(): void {
    for (const end of this.#held) end()
  }

  #tell(): void {
    this.#changes++
    this.letGo()
    for (const listener of this.#listeners) listener()
  }
}

// Requests that are held back until the stage of a migration has changed as this process sees it.

import type { RunningMigration } from '@twinwrite/core'

export class HeldRequests {
  readonly #held = new Set<() => void>()
  #changes = 0

  constructor(migration: RunningMigration) {
    migration.onStage(() => {
      this.#changes++
      this.letGo()
    })
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

  letGo(): void {
    for (const end of this.#held) end()
  }
}

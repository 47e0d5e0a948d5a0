// Notices a switch whose controller died, so that another process finishes it (PROTOCOL 6.4).

import type { Clock } from '../clock.ts'
import type { StageState } from '../stage-view.ts'

/** How long (ms) a freeze may outlast its drain, or a decision its opening. */
const graceMs = 1000

export class HangingSwitch {
  readonly #clock: Clock
  readonly #drainTimeoutMs: number
  #seen: { readonly epoch: number; readonly since: number } | null = null

  constructor(clock: Clock, drainTimeoutMs: number) {
    this.#clock = clock
    this.#drainTimeoutMs = drainTimeoutMs
  }

  /** Tells, look by look, whether the same step has lasted for longer than any living controller takes. */
  hangs(state: StageState | undefined): boolean {
    if (!state?.frozen) {
      this.#seen = null
      return false
    }
    const now = this.#clock.now()
    if (this.#seen?.epoch !== state.epoch) this.#seen = { epoch: state.epoch, since: now }
    return now - this.#seen.since >= graceMs + (state.decided ? 0 : this.#drainTimeoutMs)
  }
}

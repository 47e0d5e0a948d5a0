// Where a fleet hears that its stage is to be looked at, and which one is asked for. It never decides: the fence rows do (DESIGN
// section 6), so that a source may be late, down or wrong without harm.

import type { Stage } from './stage.ts'

export interface StageListener {
  /** What the backend holds now; null where it holds nothing. */
  stage(stage: Stage | null): void
  /** The backend is down, or holds what is no stage: what was told before stays. Told once, until the next stage. */
  trouble(message: string): void
}

/** One for any number of migrations, which its backend tells apart by their names. */
export interface StageSource {
  /** For people: kind and place, no secrets. */
  readonly name: string
  /** What the backend holds now; null where it holds nothing. Rejects when it does not answer, or holds what is no stage. */
  get(migration: string): Promise<Stage | null>
  /**
   * Tells the listener what the backend holds, first of all and after each change, and goes on when the backend was down.
   * @returns what ends it; nothing is told afterwards
   */
  watch(migration: string, listener: StageListener): () => Promise<void>
  /** Writes the stage that the fleet has reached; left out by sources that are only changed elsewhere. */
  set?(migration: string, stage: Stage): Promise<void>
  /** Ends connections of its own. */
  close?(): Promise<void>
}

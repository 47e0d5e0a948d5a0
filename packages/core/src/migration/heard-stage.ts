// What a process hears from its stage source: each word makes it look at the fence rows at once, instead of with its next beat.

import type { Reporter } from '../events.ts'
import type { Migration } from '../mapping/config.ts'
import type { StageSource } from '../stage-source.ts'
import type { Stage } from '../stage.ts'

/** What a stage source said last. */
export interface Heard {
  readonly source: string
  /** The stage that is asked for; null where none is, or none was heard of yet. */
  readonly stage: Stage | null
  /** Why the source is not heard now; null when it is. */
  readonly trouble: string | null
}

export class HeardStage {
  readonly #source: StageSource
  #stage: Stage | null = null
  #trouble: string | null = null
  readonly #end: () => Promise<void>

  /** Null where the migration has no source. */
  static of({ stageSource, name }: Migration, reporter: Reporter, look: () => void): HeardStage | null {
    return stageSource === null ? null : new HeardStage(stageSource, name, reporter, look)
  }

  private constructor(source: StageSource, migration: string, reporter: Reporter, look: () => void) {
    this.#source = source
    this.#end = source.watch(migration, {
      stage: (stage) => {
        this.#trouble = null
        this.#stage = stage
        look()
      },
      trouble: (message) => {
        this.#trouble = message
        reporter.publish('twinwrite:warning', {
          code: 'TW_STAGE_SOURCE',
          message: `${source.name}: ${message}`,
        })
      },
    })
  }

  get now(): Heard {
    return { source: this.#source.name, stage: this.#stage, trouble: this.#trouble }
  }

  /** A source that can't end keeps nobody from closing. */
  async stop(): Promise<void> {
    await this.#end().catch(() => undefined)
  }
}

/** Tells the fleet where it is; a source that is down stops nothing, since the fence has decided. */
export async function publishStage(
  source: StageSource | null,
  migration: string,
  stage: Stage,
  reporter: Reporter,
): Promise<void> {
  try {
    await source?.set?.(migration, stage)
  } catch (error) {
    const message = `${source!.name} was not told of ${stage}: ${(error as Error).message}`
    reporter.publish('twinwrite:warning', { code: 'TW_STAGE_SOURCE', message })
  }
}

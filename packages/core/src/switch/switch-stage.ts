// Runs the table of the switch and says what became of it: done, or undone. Events tell each step.

import { TwinwriteError } from '../errors.ts'
import type { Reporter } from '../events.ts'
import { StoreError } from '../store.ts'
import { type StepTimes, switchId, type SwitchMoment } from './switch-event.ts'
import { type SwitchContext, type SwitchStep, switchSteps } from './switch-steps.ts'

export interface SwitchReport {
  /** Stands in every event and log line of the switch. */
  readonly id: string
  readonly from: SwitchContext['fromStage']
  readonly to: SwitchContext['toStage']
  readonly epoch: number
  /** Milliseconds from the freeze to the opening, in which no write could commit. */
  readonly pauseMs: number
  readonly steps: StepTimes
}

/**
 * Moves authority to the other side.
 * @throws TwinwriteError `TW_SWITCH_REFUSED`, `TW_SWITCH_TIMEOUT`, `TW_STAGE_RACED`: nothing has changed, writes go on as before
 * @throws StoreError when a side fails after the point of no return; `recover` finishes the switch then
 */
export async function runSwitch(context: SwitchContext, reporter: Reporter): Promise<SwitchReport> {
  const { clock, fromStage: from, toStage: to, epoch } = context
  const id = switchId(reporter.migration, epoch)
  const steps: Partial<Record<SwitchStep['name'], number>> = {}
  let frozenAt: number | null = null
  const pause = (): number => (frozenAt === null ? 0 : clock.now() - frozenAt)
  const tell = (moment: SwitchMoment, ms = pause()): void =>
    reporter.publish('twinwrite:switch', { id, from, to, ms, ...moment })
  for (const { name, onFailure, run } of switchSteps) {
    const started = clock.now()
    if (name === 'freeze') frozenAt = started
    tell({ step: name })
    try {
      await run(context)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      steps[name] = clock.now() - started
      if (onFailure === 'abort') tell({ step: 'abort', message })
      tell({ step: await ends[onFailure](context), steps, message })
      if (frozenAt !== null) context.paused?.(pause())
      throw error
    }
    steps[name] = clock.now() - started
  }
  const pauseMs = pause()
  tell({ step: 'done', steps }, pauseMs)
  return { id, from, to, epoch: epoch + 2, pauseMs, steps }
}

/** What becomes of the switch when a step fails. */
const ends: Record<
  SwitchStep['onFailure'],
  (context: SwitchContext) => Promise<'refused' | 'undone' | 'left'>
> = {
  nothing: () => Promise.resolve('refused'),
  abort,
  forward: () => Promise.resolve('left'),
}

/** Gives authority back. A failure here leaves the freeze to `recover`, which any process calls. */
async function abort({ from, fromStage, epoch, options }: SwitchContext): Promise<'undone' | 'left'> {
  try {
    const next = { role: 'primary', epoch: epoch + 2, stage: fromStage } as const
    const guard = { role: 'frozen', epoch: epoch + 1 } as const
    return (await from.changeFence(guard, next, options.freezeTimeoutMs)) ? 'undone' : 'left'
  } catch (error) {
    if (!(error instanceof StoreError) && !(error instanceof TwinwriteError)) throw error
    return 'left'
  }
}

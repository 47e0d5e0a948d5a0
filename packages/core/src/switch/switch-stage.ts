// Runs the table of the switch and says what became of it: done, or undone. Events tell each step.

import { TwinwriteError } from '../errors.ts'
import type { Reporter } from '../events.ts'
import { StoreError } from '../store.ts'
import { type SwitchContext, type SwitchStep, switchSteps } from './switch-steps.ts'

export interface SwitchReport {
  readonly from: SwitchContext['fromStage']
  readonly to: SwitchContext['toStage']
  readonly epoch: number
  /** Milliseconds from the freeze to the opening, in which no write could commit. */
  readonly pauseMs: number
  /** Milliseconds by step. */
  readonly steps: Readonly<Partial<Record<SwitchStep['name'], number>>>
}

/**
 * Moves authority to the other side.
 * @throws TwinwriteError `TW_SWITCH_REFUSED`, `TW_SWITCH_TIMEOUT`, `TW_STAGE_RACED`: nothing has changed, writes go on as before
 * @throws StoreError when a side fails after the point of no return; `recover` finishes the switch then
 */
export async function runSwitch(context: SwitchContext, reporter: Reporter): Promise<SwitchReport> {
  const { clock, fromStage, toStage, epoch } = context
  const steps: Partial<Record<SwitchStep['name'], number>> = {}
  let frozenAt = clock.now()
  for (const step of switchSteps) {
    const started = clock.now()
    if (step.name === 'freeze') frozenAt = started
    reporter.publish('twinwrite:switch', {
      step: step.name,
      from: fromStage,
      to: toStage,
      ms: started - frozenAt,
    })
    try {
      await step.run(context)
    } catch (error) {
      if (step.onFailure === 'abort') await abort(context, reporter, frozenAt)
      throw error
    }
    steps[step.name] = clock.now() - started
  }
  const pauseMs = clock.now() - frozenAt
  reporter.publish('twinwrite:switch', { step: 'done', from: fromStage, to: toStage, ms: pauseMs })
  return { from: fromStage, to: toStage, epoch: epoch + 2, pauseMs, steps }
}

/** Gives authority back. A failure here leaves the freeze to `recover`, which any process calls. */
async function abort(context: SwitchContext, reporter: Reporter, frozenAt: number): Promise<void> {
  const { from, fromStage, toStage, epoch, options, clock } = context
  reporter.publish('twinwrite:switch', {
    step: 'abort',
    from: fromStage,
    to: toStage,
    ms: clock.now() - frozenAt,
  })
  try {
    const next = { role: 'primary', epoch: epoch + 2, stage: fromStage } as const
    await from.changeFence({ role: 'frozen', epoch: epoch + 1 }, next, options.freezeTimeoutMs)
  } catch (error) {
    if (!(error instanceof StoreError) && !(error instanceof TwinwriteError)) throw error
  }
}

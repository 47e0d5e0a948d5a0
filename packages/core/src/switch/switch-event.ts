// What a switch tells while it runs. All that is told of one switch, by whatever process, carries one id: it is made of what the fence
// rows hold, so that a process which only sees the freeze, or finishes the switch for a dead controller, knows it too.

import type { Stage } from '../stage.ts'
import type { SwitchStep } from './switch-steps.ts'

/** Milliseconds by step that has run. */
export type StepTimes = Readonly<Partial<Record<SwitchStep['name'], number>>>

/**
 * - a step's name: it begins; `abort`: the freeze is about to be undone, `message` tells why
 * - `done`; `refused`: nothing was changed, `undone`: writes go on as before, `left`: somebody else has finished it, or `recover` does
 */
export type SwitchMoment =
  | { step: SwitchStep['name'] }
  | { step: 'abort'; message: string }
  | { step: 'done'; steps: StepTimes }
  | { step: 'refused' | 'undone' | 'left'; steps: StepTimes; message: string }

/** `ms` since the freeze began; of an end that is the pause. */
export type SwitchEvent = SwitchMoment & { id: string; from: Stage; to: Stage; ms: number }

/** @param epoch of the primary before the switch */
export function switchId(migration: string, epoch: number): string {
  return `${migration}@${epoch}`
}

// A process that begins a switch and is gone in its midst, by kill -9 of itself: nobody hits the moment from outside.

import { subscribe } from 'node:diagnostics_channel'
import type { Events } from '@twinwrite/core'
import { moveStage } from '@twinwrite/control'
import { scratchDefinition } from '../scratch/definition.ts'
import { patiently } from '../walk/patiently.ts'
import type { ControllerJob, Found } from './job.ts'
import type { Message } from './message.ts'
import { scratchSides } from './scratch-sides.ts'

export async function beController(
  job: ControllerJob,
  real: Found,
  tell: (message: Message) => void,
): Promise<void> {
  const migration = scratchDefinition(real.migration, job.scratch.flat).operate(
    scratchSides(real, job.scratch),
  )
  subscribe('twinwrite:switch', (told) => {
    if ((told as Events['twinwrite:switch']).step === job.diesAt) process.kill(process.pid, 'SIGKILL')
  })
  tell({ kind: 'ready' })
  await patiently(() => moveStage(migration, job.to, { limits: job.limits, reason: 'rehearsal' }))
  await migration.close()
}

// What each process of a rehearsal runs: it is told what to do by its parent, and ends with it.

import { found } from './fleet/found.ts'
import type { Job } from './fleet/job.ts'
import type { Message } from './fleet/message.ts'
import { beController } from './fleet/controller.ts'
import { beWriter } from './fleet/writing.ts'

const ending = new AbortController()
// A parent that was killed leaves nobody behind who writes.
process.on('disconnect', () => process.exit())
// Ctrl-C reaches the whole group; the parent ends its processes by itself.
process.on('SIGINT', () => undefined)

function tell(message: Message): void {
  if (process.connected) process.send?.(message)
}

process.on('message', (message: Job | { readonly role: 'end' }) => {
  if (message.role === 'end') return ending.abort()
  void begin(message)
    .then(() => process.disconnect())
    .catch((error: unknown) => {
      tell({ kind: 'ended', error: error instanceof Error ? error.message : String(error) })
      process.disconnect()
    })
})

tell({ kind: 'here' })

async function begin(job: Job): Promise<void> {
  const real = await found(job.foundBy)
  if (job.role === 'writer') return beWriter(job, real, tell, ending.signal)
  return beController(job, real, tell)
}

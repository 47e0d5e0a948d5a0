// What each process of a rehearsal runs: it is told what to do by its parent, and ends with it.

import { found } from './fleet/found.ts'
import type { Job } from './fleet/job.ts'
import type { Message } from './fleet/message.ts'
import { beController } from './fleet/controller.ts'
import { beWriter } from './fleet/writing.ts'
import { wordedText } from './worded.ts'

const ending = new AbortController()
// A parent that was killed leaves nobody behind who writes.
process.on('disconnect', () => process.exit())
process.on('uncaughtException', ended)

function tell(message: Message): void {
  if (process.connected) process.send?.(message)
}

function ended(error: unknown): void {
  tell({ kind: 'ended', error: wordedText(error) })
  if (process.connected) process.disconnect()
}

process.on('message', (message: Job | { readonly role: 'end' }) => {
  if (message.role === 'end') return ending.abort()
  void begin(message)
    .then(() => process.disconnect())
    .catch(ended)
})

tell({ kind: 'here' })

async function begin(job: Job): Promise<void> {
  const real = await found(job.foundBy)
  if (job.role === 'writer') return beWriter(job, real, tell, ending.signal)
  return beController(job, real, tell)
}

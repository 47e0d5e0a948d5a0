// Takes the lock named on its command line and keeps it until it is killed.
import { withLock } from './exclusive-lock.ts'
import { parent } from './parent.ts'

const [file] = process.argv.slice(2)
if (!file) throw new Error('usage: lock-holder.worker.ts LOCK-FILE')
await withLock(file, () => {
  parent.send('held')
  return new Promise<never>(() => parent.onMessage(() => {}))
})

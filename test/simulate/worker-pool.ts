// Spreads jobs over worker processes, one per core.

import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Job, JobResult } from './job.ts'

/** @param onResult called for each result as it comes, in no order @throws Error when a worker dies */
export function runJobs(
  jobs: readonly Job[],
  workers: number,
  onResult: (result: JobResult) => void,
): Promise<void> {
  const waiting = [...jobs]
  const running = new Set<ChildProcess>()
  return new Promise((resolve, reject) => {
    const give = (child: ChildProcess): void => {
      const job = waiting.shift()
      if (job === undefined) child.disconnect()
      else child.send(job)
    }
    for (let index = 0; index < Math.min(workers, jobs.length); index++) {
      // Promises by the million: most of them die young when the young generation is large.
      const execArgv = [...process.execArgv, '--max-semi-space-size=64']
      const child = fork(fileURLToPath(new URL('seeds.worker.ts', import.meta.url)), { execArgv })
      running.add(child)
      child.on('message', (result: JobResult) => {
        onResult(result)
        give(child)
      })
      child.on('exit', (code) => {
        running.delete(child)
        if (code !== 0) {
          for (const other of running) other.kill()
          reject(new Error(`a worker of the simulator ended with code ${code}`))
        } else if (running.size === 0) resolve()
      })
      give(child)
    }
  })
}

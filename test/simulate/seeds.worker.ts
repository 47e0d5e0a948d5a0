// A worker process of the command: runs seeds one after the other.

import type { Job, JobResult, Violation } from './job.ts'
import { type Mutation, mutations } from './mutations.ts'
import { runSeed } from './run-seed.ts'

// Errors are part of the protocol here, made by the thousand; nobody reads their stacks.
Error.stackTraceLimit = 0

async function run(job: Job): Promise<JobResult> {
  const mutation = job.kind === 'hunt' ? (mutations[job.mutation] ?? null) : null
  const last = job.first + (job.kind === 'hunt' ? job.limit : job.count)
  const counts: Record<string, number> = {}
  const violations: Violation[] = []
  let steps = 0
  let seed = job.first
  for (; seed < last && !(job.kind === 'hunt' && violations.length > 0); seed++) {
    const result = await runSeed(seed, { mutation })
    steps += result.steps
    for (const [name, count] of Object.entries(result.counts)) counts[name] = (counts[name] ?? 0) + count
    if (result.failure !== null && (await isOfBug(seed, mutation)))
      violations.push({ seed, failure: result.failure })
  }
  return { job, seeds: seed - job.first, steps, counts, violations }
}

/** Loads that come once more promise nothing by themselves: what they do without the bug, too, does not count. */
async function isOfBug(seed: number, mutation: Mutation | null): Promise<boolean> {
  if (mutation?.refill === undefined) return true
  const without: Mutation = { about: 'none', refill: (migration) => migration }
  return (await runSeed(seed, { mutation: without })).failure === null
}

process.on('message', (job: Job) => {
  run(job).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
process.on('disconnect', () => process.exit(0))

// npm run simulate -- [--seeds N] [--first S] [--mutation NAME | --all-mutations] [--trace] [--json FILE]
// The real protocol code over simulated servers, network and time: N seeds of the correct protocol must show no violation,
// and each seeded bug must be found. With --mutation or --all-mutations only the bugs are hunted.

import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { close, wholeNumber } from '../proof.ts'
import type { Job, JobResult } from './job.ts'
import { mutations } from './mutations.ts'
import { runSeed } from './run-seed.ts'
import { runJobs } from './worker-pool.ts'

const chunk = 50
/** Seeds after which a seeded bug counts as not found. */
const huntLimit = 20_000
const traceLines = 60

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    first: { type: 'string' },
    mutation: { type: 'string' },
    'all-mutations': { type: 'boolean' },
    trace: { type: 'boolean' },
    workers: { type: 'string' },
    json: { type: 'string' },
  },
})
const seeds = wholeNumber(values.seeds, 2000, 'seeds')
const first = wholeNumber(values.first, 1, 'first')
const workers = wholeNumber(values.workers, availableParallelism(), 'workers')
if (values.mutation !== undefined && !(values.mutation in mutations)) {
  console.error(`--mutation takes one of ${Object.keys(mutations).join(', ')}`)
  process.exit(2)
}
const hunting = values.mutation !== undefined || values['all-mutations'] === true
const hunted = values.mutation === undefined ? Object.keys(mutations) : [values.mutation]

const started = performance.now()
const jobs: Job[] = hunted.map((mutation) => ({
  kind: 'hunt',
  mutation,
  first,
  limit: hunting && values.seeds !== undefined ? seeds : huntLimit,
}))
for (let from = first; !hunting && from < first + seeds; from += chunk) {
  jobs.push({ kind: 'seeds', first: from, count: Math.min(chunk, first + seeds - from) })
}
const results: JobResult[] = []
let announced = 0
await runJobs(jobs, workers, (result) => {
  results.push(result)
  if (result.job.kind === 'hunt') {
    const [violation] = result.violations
    const found = violation === undefined ? 'NOT FOUND' : `seed ${violation.seed}: ${violation.failure}`
    console.log(`seeded bug ${result.job.mutation.padEnd(15)} ${found.slice(0, 150)}`)
    return
  }
  const run = sum(proper(), ({ seeds: count }) => count)
  if (run - announced < 5000) return
  announced = run
  console.log(`${run} seeds, ${Math.round((performance.now() - started) / 1000)} s`)
})

const violations = proper()
  .flatMap((result) => result.violations)
  .sort((left, right) => left.seed - right.seed)
for (const { seed, failure } of violations.slice(0, 3)) await show(seed, failure)
for (const { seed, failure } of violations.slice(3)) console.log(`seed ${seed}: ${failure}`)

const counts: Record<string, number> = {}
for (const result of proper()) {
  for (const [name, count] of Object.entries(result.counts)) counts[name] = (counts[name] ?? 0) + count
}
const hunts = results.flatMap(({ job, seeds: tried, violations: [found] }) =>
  job.kind === 'hunt'
    ? [
        {
          bug: job.mutation,
          about: mutations[job.mutation]?.about,
          seed: found?.seed ?? null,
          tried,
          failure: found?.failure,
        },
      ]
    : [],
)
const run = sum(proper(), ({ seeds: count }) => count)
const steps = sum(proper(), (result) => result.steps)
const seconds = Math.round((performance.now() - started) / 1000)
const totals = Object.entries(counts).map(([name, count]) => `${name} ${count}`)
if (run > 0) console.log(`${run} seeds, ${steps} steps, ${totals.join(', ')}; ${seconds} s`)
const found = hunts.filter(({ seed }) => seed !== null).length
close(
  {
    passed: run - violations.length + found,
    failed: violations.length + hunts.length - found,
    skipped: 0,
    seeds: run,
    first,
    steps,
    seconds,
    counts,
    violations,
    bugs: hunts,
  },
  values.json,
)

function proper(): JobResult[] {
  return results.filter(({ job }) => job.kind === 'seeds')
}

function sum<T>(list: readonly T[], of: (one: T) => number): number {
  return list.reduce((total, one) => total + of(one), 0)
}

async function show(seed: number, failure: string): Promise<void> {
  const { trace } = await runSeed(seed, { tracing: true })
  console.log(`\nseed ${seed}: ${failure}`)
  console.log(`again: npm run simulate -- --first ${seed} --seeds 1 --trace`)
  const shown = values.trace ? trace : [...trace.slice(0, 1), '...', ...trace.slice(-traceLines)]
  console.log(shown.join('\n'))
}

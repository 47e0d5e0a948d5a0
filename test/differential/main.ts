// npm run differential -- [--programs N] [--engine pg] [--seed S] [--json FILE]
// Random programs through plain Knex on one database and through wrapped Knex on a pair: the app sees the same at every step, results
// and errors (W1), the two databases hold the same, and at the end source equals target exactly (W3, W4, W5).
// Generated ids are compared as they are: counters are brought together after the few inserts that burn other gaps when twinwrite
// splits them (mixed given and generated ids and upserts on MySQL and MariaDB), and after a switch, which leaves headroom.

import type { Engine } from '@twinwrite/testkit'
import { close, flags, wholeNumber } from '../proof.ts'
import { generate } from './generate.ts'
import type { Program } from './program.ts'
import { type Failure, runUnit } from './run-unit.ts'
import { shrink } from './shrink.ts'
import { World } from './world.ts'

const engines = ['postgres', 'mysql', 'mariadb', 'sqlite'] as const satisfies readonly Engine[]

const given = flags({
  programs: 'number of programs, shared by the engines (2000)',
  engine: 'one engine only: pg, mysql, mariadb or sqlite (all)',
  seed: 'seed of the first unit of programs (1)',
  json: 'file for the report',
})
const programs = wholeNumber(given.programs, 2000, 'programs')
const firstSeed = wholeNumber(given.seed, 1, 'seed')
const wanted = given.engine === 'pg' ? 'postgres' : given.engine
const chosen = engines.filter((engine) => wanted === undefined || engine === wanted)
if (chosen.length === 0) {
  console.error(`--engine takes one of pg, ${engines.join(', ')}`)
  process.exit(2)
}

/** Longest time in which a failing unit is made smaller. */
const shrinkMs = 60_000
/** Programs that share one start and one comparison of the sides. */
const unitSize = 8
/** Units with these seeds run with the target as primary; some of the others have a switch in the middle. */
const isTargetFirst = (seed: number): boolean => seed % 5 === 0
const switchesIn = (seed: number): boolean => seed % 7 === 0

interface FailedUnit extends Failure {
  readonly engine: Engine
  readonly seed: number
  readonly smallest: readonly Program[]
}

interface EngineReport {
  readonly engine: Engine
  programs: number
  steps: number
  ms: number
  readonly failures: FailedUnit[]
}

const unitOf = (engine: Engine, seed: number, count: number): Program[] =>
  Array.from({ length: count }, (_, index) =>
    generate(seed * 1000 + index, { engine, switches: switchesIn(seed) && index % 4 === 2 }),
  )

async function runEngine(engine: Engine, count: number): Promise<EngineReport> {
  const report: EngineReport = { engine, programs: 0, steps: 0, ms: 0, failures: [] }
  const started = Date.now()
  let world = await World.open(engine)
  try {
    for (let seed = firstSeed; report.programs < count && report.failures.length < 5; seed++) {
      const unit = unitOf(engine, seed, Math.min(unitSize, count - report.programs))
      report.programs += unit.length
      report.steps += unit.reduce((sum, { steps }) => sum + steps.length, 0)
      const failure = await tryUnit(world, unit, seed)
      if (failure === null) continue
      const shrunk = await smallest(world, unit, seed, failure)
      world = shrunk.world
      report.failures.push({ engine, seed, ...shrunk.failure, smallest: shrunk.programs })
      print(report.failures.at(-1)!)
    }
  } finally {
    await world.end()
  }
  report.ms = Date.now() - started
  const { failures, steps, ms } = report
  console.log(
    `${failures.length === 0 ? 'ok  ' : 'FAIL'} ${engine}: ${report.programs} programs, ${steps} steps, ${failures.length} failed, ${ms} ms`,
  )
  return report
}

async function tryUnit(world: World, unit: readonly Program[], seed: number): Promise<Failure | null> {
  try {
    return await runUnit(world, unit, isTargetFirst(seed))
  } catch (error) {
    return { program: null, step: null, wrong: [String(error)], broken: true }
  }
}

/** A failure may leave anything behind, such as an open transaction: then the smaller units get a new world. */
async function smallest(
  given: World,
  unit: readonly Program[],
  seed: number,
  first: Failure,
): Promise<{ world: World; failure: Failure; programs: readonly Program[] }> {
  let [world, failure] = [given, first]
  const renew = async (): Promise<void> => {
    await world.end().catch(() => undefined)
    world = await World.open(world.engine)
  }
  const until = Date.now() + shrinkMs
  const programs = await shrink(unit, async (smaller) => {
    if (Date.now() > until) return false
    if (failure.broken === true) await renew()
    const still = await tryUnit(world, smaller, seed)
    if (still !== null) failure = still
    return still !== null
  })
  await renew()
  return { world, failure, programs }
}

function print({ engine, seed, wrong, smallest: programsLeft }: FailedUnit): void {
  const stage = isTargetFirst(seed) ? 'target-first' : 'source-first'
  console.log(
    `FAIL ${engine} seed ${seed} (${stage}); again: --engine ${engine} --seed ${seed} --programs ${unitSize}`,
  )
  for (const sentence of wrong.slice(0, 4)) console.log(`     ${sentence.slice(0, 600)}`)
  for (const { seed: own, steps } of programsLeft) {
    console.log(`     program ${own}:`)
    for (const step of steps) console.log(`       ${JSON.stringify(step)}`)
  }
}

const share = Math.ceil(programs / chosen.length)
const waiting = [...chosen]
const reports: EngineReport[] = []
async function lane(): Promise<void> {
  for (let engine = waiting.shift(); engine !== undefined; engine = waiting.shift()) {
    reports.push(await runEngine(engine, share))
  }
}
await Promise.all([lane(), lane()])
const total = reports.reduce((sum, report) => sum + report.programs, 0)
const failed = reports.reduce((sum, { failures }) => sum + failures.length, 0)
close({ passed: total - failed, failed, skipped: 0, engines: reports }, given.json)
process.exit()

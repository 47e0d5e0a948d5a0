// npm run differential -- [--programs N] [--orm prisma] [--engine pg] [--seed S] [--json FILE]
// Random programs through the plain ORM on one database and through the wrapped one on a pair, in every stage and with the stage
// moving between statements: the app sees the same at every step, results and errors (W1), the two databases hold the same, and
// at the end source equals target exactly (W3, W4, W5).
// Generated ids are compared as they are: counters are brought together after the few inserts that burn other gaps when twinwrite
// splits them (mixed given and generated ids and upserts on MySQL and MariaDB), and after a switch, which leaves headroom.

import type { Engine } from '@twinwrite/testkit'
import { close, flags, wholeNumber } from '../proof.ts'
import { knexOrm } from './knex/knex-orm.ts'
import type { Orm } from './orm.ts'
import { prismaOrm } from './prisma/prisma-orm.ts'
import { type EngineReport, type FailedUnit, runEngine } from './run-engine.ts'
import { typeormOrm } from './typeorm/typeorm-orm.ts'
import { variantOf } from './unit.ts'

const engines = ['mysql', 'mariadb', 'postgres', 'sqlite'] as const satisfies readonly Engine[]
const orms: readonly Orm[] = [knexOrm, prismaOrm, typeormOrm]

const given = flags({
  programs: 'number of programs, shared by ORMs and engines (1200)',
  orm: `one ORM only: ${orms.map(({ name }) => name).join(', ')} (all)`,
  engine: 'one engine only: pg, mysql, mariadb or sqlite (all)',
  seed: 'seed of the first unit of programs (1)',
  json: 'file for the report',
})
const programs = wholeNumber(given.programs, 1200, 'programs')
const seed = wholeNumber(given.seed, 1, 'seed')
const wanted = given.engine === 'pg' ? 'postgres' : given.engine
const waiting = engines
  .filter((engine) => wanted === undefined || engine === wanted)
  .flatMap((engine) =>
    orms.filter(({ name }) => given.orm === undefined || name === given.orm).map((orm) => ({ orm, engine })),
  )
if (waiting.length === 0) {
  console.error(
    `--engine takes one of pg, ${engines.join(', ')}; --orm one of ${orms.map(({ name }) => name).join(', ')}`,
  )
  process.exit(2)
}

/** Of a failing unit that could not be made small. */
const mostLines = 25

function tell(orm: Orm, engine: Engine, { unit, wrong, smallest }: FailedUnit): void {
  console.log(
    `FAIL ${orm.name} ${engine} seed ${unit.seed} (${unit.stage}, ${variantOf(unit.seed)}); again: npm run differential --` +
      ` --orm ${orm.name} --engine ${engine} --seed ${unit.seed} --programs ${unit.programs.length}`,
  )
  for (const sentence of wrong.slice(0, 4)) console.log(`     ${sentence.slice(0, 600)}`)
  const lines = smallest.flatMap(({ seed: own, steps }) => [
    `     program ${own}:`,
    ...steps.map((step) => `       ${JSON.stringify(step)}`),
  ])
  for (const line of lines.slice(0, mostLines)) console.log(line)
  if (lines.length > mostLines)
    console.log(`     and ${lines.length - mostLines} more lines; --json has them all`)
}

const share = Math.ceil(programs / waiting.length)
const reports: EngineReport[] = []
async function lane(): Promise<void> {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { orm, engine } = next
    const report = await runEngine(orm, engine, {
      seed,
      programs: share,
      tell: (failed) => tell(orm, engine, failed),
    })
    reports.push(report)
    console.log(
      `${report.failed === 0 ? 'ok  ' : 'FAIL'} ${orm.name} ${engine}: ${report.programs} programs, ${report.steps} steps,` +
        ` ${report.failed} failed, ${report.ms} ms`,
    )
  }
}
/** One engine waits for its server while the other one works. */
await Promise.all([lane(), lane()])
const total = (count: 'programs' | 'failed'): number =>
  reports.reduce((sum, report) => sum + report[count], 0)
close(
  { passed: total('programs') - total('failed'), failed: total('failed'), skipped: 0, engines: reports },
  given.json,
)
process.exit()

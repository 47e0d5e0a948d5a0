// npm run switches -- [--switches N] [--processes N] [--rate N] [--rest MS] [--orm knex] [--pair postgres>postgres] [--json FILE]
// A fleet writes at a steady rate while authority moves forward and back, again and again: how long nobody could write (the pause of
// each switch), how long the app's writes took, beside switches and before them, and whether both sides are equal at the end. Nobody is
// killed here (see torture).

import { moveStage } from '@twinwrite/control'
import { type SwitchReport, TwinwriteError } from '@twinwrite/core'
import { defineMigration } from '@twinwrite/sql'
import { adminQuery, dedicatedServer, freshDatabase, type ServerEngine } from '@twinwrite/testkit'
import { setTimeout as sleep } from 'node:timers/promises'
import { bundleWorkers } from '../bundle.ts'
import { close, flags, wholeNumber } from '../proof.ts'
import { Book } from '../torture/book.ts'
import { contentsOf, divergences } from '../torture/compare.ts'
import { Fleet } from '../torture/fleet.ts'
import { ormNames } from '../torture/orms.ts'
import { migrationConfig, sourceSchema, targetSchema } from '../torture/schema.ts'

const given = flags({
  switches: 'number of switches, there and back (40)',
  processes: 'writing processes (16)',
  rate: 'write operations per second of all of them (500)',
  rest: 'time between two switches in ms (2000)',
  orm: `${ormNames.join(', ')} (knex)`,
  pair: 'source and target server (postgres>postgres)',
  json: 'file for the report',
})
const wanted = wholeNumber(given.switches, 40, 'switches')
const processes = wholeNumber(given.processes, 16, 'processes')
const rate = wholeNumber(given.rate, 500, 'rate')
const restMs = wholeNumber(given.rest, 2000, 'rest')
const orm = ormNames.find((name) => name === (given.orm ?? 'knex'))
const pair = /^(postgres|mysql|mariadb)>(postgres|mysql|mariadb)$/.exec(given.pair ?? 'postgres>postgres')
if (orm === undefined || pair === null) {
  console.error(`--orm takes one of ${ormNames.join(', ')}; --pair two of postgres, mysql, mariadb`)
  process.exit(2)
}

const stepNames = ['gates', 'prepare', 'freeze', 'drain', 'counters', 'decide', 'open'] as const
/** What an app tries again, and what the random writes do to one another. */
const retryable: ReadonlySet<string> = new Set([
  'TW_STAGE_MOVED',
  '40001',
  '40P01',
  '23505',
  'ER_LOCK_DEADLOCK',
  'ER_DUP_ENTRY',
])

interface Quantiles {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

function quantiles(given: readonly number[]): Quantiles {
  const sorted = [...given].sort((left, right) => left - right)
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  return { p50: at(0.5), p99: at(0.99), max: at(1) }
}

/** Until all processes are connected and have made up for the writes that waited for that. */
const startMs = 5000
/** How long writes are watched before the first switch, in switches. */
const calmSwitches = 5

/** Refused ones are tried again, but not for ever. */
const mostRefused = wanted * 5

const engines = { source: pair[1] as ServerEngine, target: pair[2] as ServerEngine }
// Each its own: both sides of so many processes are more connections than one server takes.
const own = {
  source: await dedicatedServer(engines.source),
  target: await dedicatedServer(engines.target),
}
const databases = {
  source: await freshDatabase(engines.source, own.source),
  target: await freshDatabase(engines.target, own.target),
}
for (const sql of sourceSchema(engines.source)) await adminQuery(engines.source, databases.source.url, sql)
for (const sql of targetSchema(engines.target)) await adminQuery(engines.target, databases.target.url, sql)
const addresses = {
  source: { ...databases.source, engine: engines.source },
  target: { ...databases.target, engine: engines.target },
}
const migration = defineMigration(migrationConfig).operate(addresses)
await migration.install()
await migration.setStage('source-first')
await migration.load()

const book = new Book()
const fleet = new Fleet(await bundleWorkers('torture', ['writer']), orm, addresses, book, 1)
const everyMs = (processes * 1000) / rate
await Promise.all(Array.from({ length: processes }, () => fleet.spawn('writer', everyMs)))
/** How long the writes took of which the processes have told since the last call. */
const writeTimes = (): Quantiles => {
  fleet.listen()
  return quantiles(fleet.took.splice(0))
}
await sleep(startMs)
writeTimes()
await sleep(calmSwitches * restMs)
const calm = writeTimes()

const began = performance.now()
const ackedBefore = book.acked
const reports: SwitchReport[] = []
const refused: string[] = []
while (reports.length < wanted && refused.length < mostRefused) {
  await sleep(restMs)
  fleet.listen()
  const { stage } = await migration.look()
  const to = stage === 'source-first' ? 'target-first' : 'source-first'
  try {
    const moved = await moveStage(migration, to, { force: true, reason: 'measures the pause' })
    reports.push(moved.switched!)
  } catch (error) {
    if (!(error instanceof TwinwriteError)) throw error
    refused.push(error.message)
  }
}
const seconds = (performance.now() - began) / 1000
const took = writeTimes()
await fleet.killAll()
await migration.recover()
if (!(await migration.drain({ timeoutMs: 60_000 }))) throw new Error('the journal does not drain')

const wrong = book.judge(await contentsOf(addresses.source))
for (const divergence of await divergences(addresses)) wrong.push(JSON.stringify(divergence))
if (reports.length < wanted) wrong.push(`only ${reports.length} of ${wanted} switches went through`)
// A process waits for the end of a switch; what it must not see is an error that it can't try again.
for (const [code, count] of fleet.errors) if (!retryable.has(code)) wrong.push(`${count} x ${code}`)

const pauses = quantiles(reports.map(({ pauseMs }) => pauseMs))
const steps = Object.fromEntries(
  stepNames.map((name) => [name, quantiles(reports.map((report) => report.steps[name] ?? 0)).p50]),
)
const text = ({ p50, p99, max }: Quantiles): string => [p50, p99, max].map((ms) => ms.toFixed(1)).join(' / ')
console.log(
  `${orm} ${pair[0]}: ${reports.length} switches under ${((book.acked - ackedBefore) / seconds).toFixed(0)} acknowledged rows/s of ${processes} processes, ` +
    `${refused.length} refused; ms (p50 / p99 / max): pause ${text(pauses)}, write ${text(took)}, before the first switch ${text(calm)}`,
)
for (const sentence of wrong.slice(0, 20)) console.log(`     ${sentence}`)
await migration.close()
await own.source.stop()
await own.target.stop()
close(
  {
    passed: wrong.length === 0 ? reports.length : 0,
    failed: wrong.length,
    skipped: 0,
    orm,
    pair: pair[0],
    processes,
    rate,
    restMs,
    acked: book.acked,
    pauseMs: pauses,
    writeMs: took,
    calmWriteMs: calm,
    stepMs: steps,
    refused,
    errors: Object.fromEntries(fleet.errors),
    wrong,
  },
  given.json,
)
process.exit()

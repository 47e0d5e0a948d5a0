// npm run conformance -- [--orm knex] [--pair pg>mysql] [--stage target-first] [--only TEXT] [--quick true] [--json FILE]
// Every case of every suite with the plain and with the wrapped ORM, in every stage of every pair of engines: the app sees the
// same (W1), both sides hold the same (W3, W4), and where nobody follows the other side is untouched (W9).

import { availableParallelism } from 'node:os'
import { isStage, type Stage, stages } from '@twinwrite/core'
import { type Engine, spawnWorker } from '@twinwrite/testkit'
import { close, flags } from '../proof.ts'
import type { LaneMessage, LaneTask } from './lane.worker.ts'
import { ormNames } from './orm-names.ts'
import type { StageReport } from './run-pair.ts'
import { type Pair, pairName } from './world.ts'

/** Those that take long come first. */
const pairs: readonly Pair[] = [
  { source: 'mysql', target: 'mysql' },
  { source: 'mysql', target: 'postgres' },
  { source: 'mariadb', target: 'mariadb' },
  { source: 'mariadb', target: 'postgres' },
  { source: 'postgres', target: 'mysql' },
  { source: 'postgres', target: 'postgres' },
  { source: 'sqlite', target: 'postgres' },
  { source: 'sqlite', target: 'sqlite' },
]

/** With --quick every ORM but Knex: one engine alone, and one that crosses; their matrices have the others. */
const quickPairs: ReadonlySet<string> = new Set(['postgres>postgres', 'mysql>postgres'])

const given = flags({
  orm: `one of ${ormNames.join(', ')} (all)`,
  pair: 'one pair only, e.g. pg>mysql (all)',
  stage: 'one stage only, e.g. target-first (all)',
  only: 'cases whose suite or title holds this text (all)',
  quick: 'true: all pairs for Knex, two for each of the other ORMs',
  json: 'file for the report',
})

function fail(message: string): never {
  console.error(message)
  process.exit(2)
}

const orms = ormNames.filter((name) => given.orm === undefined || name === given.orm)
if (orms.length === 0) fail(`--orm takes one of ${ormNames.join(', ')}`)
const long = (name: string): string => (name === 'pg' ? 'postgres' : name)
const wantedPair = given.pair?.split('>').map(long).join('>')
const chosen = pairs.filter((pair) => wantedPair === undefined || pairName(pair) === wantedPair)
if (chosen.length === 0) fail(`--pair takes one of ${pairs.map(pairName).join(', ')}`)
if (given.stage !== undefined && !isStage(given.stage)) fail(`--stage takes one of ${stages.join(', ')}`)
const wantedStages: readonly Stage[] = stages.filter(
  (stage) => given.stage === undefined || stage === given.stage,
)

const choice = { stages: wantedStages, only: given.only ?? '' }
const isWanted = (orm: string, pair: Pair): boolean =>
  given.quick !== 'true' || orm === 'knex' || quickPairs.has(pairName(pair))
const waiting: LaneTask[] = orms.flatMap((orm) =>
  chosen.filter((pair) => isWanted(orm, pair)).map((pair) => ({ orm, pair, choice })),
)
const rows: StageReport[] = []

/** One waits for its servers while the other works. */
const lanes = Math.min(waiting.length, Math.max(2, Math.min(4, availableParallelism())))
/** Of all cases of a stage, on a busy machine. */
const longestStageMs = 30 * 60_000

async function lane(): Promise<void> {
  const worker = spawnWorker<LaneMessage>(new URL('./lane.worker.ts', import.meta.url))
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    worker.send(next)
    for (;;) {
      const message = await worker.receive(() => true, longestStageMs)
      if ('ended' in message) {
        if (message.ended === 'done') break
        throw new Error(`${next.orm} ${pairName(next.pair)} broke off:\n${worker.output()}`)
      }
      rows.push(message.report)
      print(message.report)
    }
  }
}

const shorten = (text: string): string => text.replaceAll(/\s+/g, ' ').slice(0, 400)

function print(report: StageReport): void {
  const { orm, source, target, stage, passed, failed, ms } = report
  console.log(
    `${failed === 0 ? 'ok  ' : 'FAIL'} ${orm} ${source}>${target} ${stage}: ${passed} passed, ${failed} failed, ${ms} ms`,
  )
  for (const { title, wrong } of report.failures) {
    console.log(`     ${title}`)
    for (const sentence of wrong.slice(0, 5)) console.log(`       ${shorten(sentence)}`)
  }
}

const order = new Map<string, number>(
  (['postgres', 'mysql', 'mariadb', 'sqlite'] satisfies Engine[]).map((engine, index) => [engine, index]),
)
await Promise.all(Array.from({ length: lanes }, lane))
rows.sort(
  (left, right) =>
    (order.get(left.source) ?? 0) - (order.get(right.source) ?? 0) ||
    (order.get(left.target) ?? 0) - (order.get(right.target) ?? 0) ||
    stages.indexOf(left.stage) - stages.indexOf(right.stage),
)
const total = (count: 'passed' | 'failed'): number => rows.reduce((sum, row) => sum + row[count], 0)
close({ passed: total('passed'), failed: total('failed'), skipped: 0, rows }, given.json)
process.exit()

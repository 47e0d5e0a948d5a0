// npm run values -- [--pairs pg>mysql,mysql>pg] [--runs N] [--share N] [--seed S] [--json FILE]
// Every column type of every engine at its limits, over all pairs of engines: each value is carried exactly, or refused by the plan by
// name; never altered in silence, never a false alarm, and damage of it is found. First the edges of all types, into the tables that are
// proposed, and keys that are twins to one side; then random values, half of them into types of the generator's choice. A random round
// that fails is made small.

import type { Engine } from '@twinwrite/testkit'
import fc from 'fast-check'
import { close, flags, wholeNumber } from '../proof.ts'
import { runKeyRound } from './key-round.ts'
import { edges, randomPlan } from './plan.ts'
import type { Pair } from './planned.ts'
import { type Finding, type RoundReport, runRound } from './round.ts'

const engines = ['postgres', 'mysql', 'mariadb', 'sqlite'] as const satisfies readonly Engine[]
const pairs: readonly Pair[] = engines.flatMap((source) => engines.map((target) => ({ source, target })))
const pairName = ({ source, target }: Pair): string => `${source}>${target}`

const given = flags({
  pairs: 'pairs of engines, e.g. pg>mysql,mysql>pg (all)',
  runs: 'random rounds of each pair, after the one of the edges (3)',
  share: 'only every Nth of the edges (1)',
  seed: 'of the random rounds (random)',
  json: 'file for the report',
})
const runs = wholeNumber(given.runs, 3, 'runs')
const share = Math.max(1, wholeNumber(given.share, 1, 'share'))
const seed = wholeNumber(given.seed, Math.trunc(Math.random() * 2 ** 31), 'seed')
const long = (name: string): string => (name === 'pg' ? 'postgres' : name)
const wanted = given.pairs?.split(',').map((name) => name.split('>').map(long).join('>'))
const unknown = wanted?.filter((name) => !pairs.some((pair) => pairName(pair) === name)) ?? []
if (unknown.length > 0) {
  console.error(`--pairs takes some of ${pairs.map(pairName).join(',')}`)
  process.exit(2)
}
const waiting = pairs.filter((pair) => wanted?.includes(pairName(pair)) ?? true)

/** Longest time in which a failing round is made smaller. */
const shrinkMs = 120_000
const rounds: (RoundReport & { readonly pair: string; readonly ms: number })[] = []
/** Errors of the harness, or of twinwrite where it should have refused. */
const broken: string[] = []

async function round(pair: Pair, run: () => Promise<RoundReport>): Promise<RoundReport> {
  const started = Date.now()
  const report = await run()
  rounds.push({ ...report, pair: pairName(pair), ms: Date.now() - started })
  return report
}

function print(
  pair: Pair,
  name: string,
  { columns, values, exact, named, unsupported, damaged, findings }: RoundReport,
): void {
  console.log(
    `${findings.length === 0 ? 'ok  ' : 'FAIL'} ${pairName(pair)} ${name}: ${columns} columns, ${unsupported} refused as types,` +
      ` ${values} values carried, ${exact} exact, ${named} named by the plan; ${damaged} damages found`,
  )
  for (const finding of findings.slice(0, 40)) console.log(`     ${sentence(finding)}`)
  if (findings.length > 40) console.log(`     and ${findings.length - 40} more; --json has them all`)
}

function sentence({ phase, from, to, value, what }: Finding): string {
  const text = `${phase}: ${from} to ${to}: ${value.slice(0, 80)}: ${what}`
  return text.replaceAll(/\s+/g, ' ').slice(0, 300)
}

async function randomRounds(pair: Pair): Promise<void> {
  let failedAt: number | undefined
  let ran = 0
  const property = fc.asyncProperty(randomPlan(pair), async (columns) => {
    if (failedAt !== undefined && Date.now() - failedAt > shrinkMs) return
    const report = await round(pair, () => runRound(pair, columns))
    if (failedAt === undefined) print(pair, `random round ${++ran}`, report)
    if (report.findings.length === 0) return
    failedAt ??= Date.now()
    throw new Error(report.findings.map(sentence).join('\n'))
  })
  const details = await fc.check(property, { seed, numRuns: runs })
  if (!details.failed) return
  if (failedAt === undefined) broken.push(`${pairName(pair)}: ${String(details.errorInstance)}`)
  console.log(`     seed ${seed}, made smaller:`)
  for (const column of details.counterexample?.[0] ?? [])
    console.log(`       ${JSON.stringify(column).slice(0, 400)}`)
  console.log(`       ${String(details.errorInstance).slice(0, 1000)}`)
}

async function lane(): Promise<void> {
  for (let pair = waiting.shift(); pair !== undefined; pair = waiting.shift()) {
    try {
      print(pair, 'edges', await round(pair, () => runRound(pair, edges(pair, 1 / share))))
      print(pair, 'keys', await round(pair, () => runKeyRound(pair)))
      if (runs > 0) await randomRounds(pair)
    } catch (error) {
      broken.push(`${pairName(pair)}: ${String(error)}`)
      console.log(`FAIL ${pairName(pair)}`, error)
    }
  }
}

console.log(`seed ${seed}`)
/** One waits for its servers while the other works. */
await Promise.all([lane(), lane()])
const failed = rounds.filter(({ findings }) => findings.length > 0).length + broken.length
close(
  { passed: rounds.length - failed + broken.length, failed, skipped: 0, seed, broken, rounds },
  given.json,
)
process.exit()

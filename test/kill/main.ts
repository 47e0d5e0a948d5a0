// npm run kills -- [--rounds N] [--pairs postgres>mysql,...] [--seed S] [--json FILE]
// kill -9 of backfill, verify and repair at random moments, beside live writes: whatever was killed goes on by itself, no chunk, row or index
// is lost, no row stands twice, no note goes back (W11, W12, W13).

import { bundleWorkers } from '../bundle.ts'
import { chosenPairs } from '../pairs.ts'
import { close, flags, wholeNumber } from '../proof.ts'
import { type Moment, round, type RoundReport } from './round.ts'

const given = flags({
  rounds: 'number of rounds (24)',
  pairs: 'pairs, e.g. postgres>mysql,mysql>mysql (all four of PostgreSQL and MySQL in turn)',
  seed: 'seed of the first round (1)',
  json: 'file for the report',
})
const rounds = wholeNumber(given.rounds, 24, 'rounds')
const firstSeed = wholeNumber(given.seed, 1, 'seed')
const pairs = chosenPairs(given.pairs)

const loads = ['indexed', 'live', 'fast'] as const
const worker = new URL('operator.worker.mjs', await bundleWorkers('kill', ['operator']))
const reports: RoundReport[] = []
for (let number = 0; number < rounds; number++) {
  const pair = pairs[number % pairs.length]!
  // Each pair in each way in turn.
  const load = loads[(Math.floor(number / pairs.length) + number) % loads.length]!
  const report = await round({ worker, pair, seed: firstSeed + number, load })
  reports.push(report)
  const { passed, kills, moments, written, damage, found, fellBack, reloads, primary, ms } = report
  console.log(
    `${passed ? 'ok  ' : 'FAIL'} ${report.pair} ${report.load} seed ${report.seed}: kills ${kills.backfill} of backfill` +
      ` (${Object.entries(moments)
        .map(([moment, count]) => `${count} ${moment}`)
        .join(', ')}), ${kills.verify} of verify, ${kills.repair} of repair, ${primary} primary;` +
      ` ${Object.values(written).reduce((sum, count) => sum + count, 0)} writes, ${found} of ${damage} mismatches found` +
      `${fellBack === null ? '' : ', fell back to live'}${reloads === 0 ? '' : `, loaded ${reloads} times more`}; ${(ms / 1000).toFixed(1)} s`,
  )
  for (const sentence of report.wrong.slice(0, 10)) console.log(`     ${sentence.slice(0, 600)}`)
}

const sum = (count: (report: RoundReport) => number): number =>
  reports.reduce((total, report) => total + count(report), 0)
const moments: Partial<Record<Moment, number>> = {}
for (const report of reports) {
  for (const [moment, count] of Object.entries(report.moments) as [Moment, number][])
    moments[moment] = (moments[moment] ?? 0) + count
}
const kills = {
  backfill: sum((report) => report.kills.backfill),
  verify: sum((report) => report.kills.verify),
  repair: sum((report) => report.kills.repair),
}
console.log(`kills: ${JSON.stringify(kills)}; of backfill: ${JSON.stringify(moments)}`)
const failed = reports.filter(({ passed }) => !passed).length
close({ passed: reports.length - failed, failed, skipped: 0, kills, moments, rounds: reports }, given.json)
process.exit()

// npm run live -- [--passes N] [--pairs postgres>mysql,...] [--json FILE]
// Backfill and verification in every mode beside write traffic, before and after a switch: no false alarm; seeded damage is found to the last
// row and repaired; both sides are equal at the end (W11, W12).

import { chosenPairs, nameOf } from '../pairs.ts'
import { close, flags, wholeNumber } from '../proof.ts'
import { type PairReport, passesOf } from './passes.ts'

const given = flags({
  passes: 'verifications of each pair (60)',
  pairs: 'pairs, e.g. postgres>mysql,mysql>mysql (all four of PostgreSQL and MySQL)',
  json: 'file for the report',
})
const passes = wholeNumber(given.passes, 60, 'passes')
const reports: PairReport[] = []
for (const [number, pair] of chosenPairs(given.pairs).entries()) {
  const way = number % 2 === 0 ? 'auto' : 'live'
  const report = await passesOf(pair, passes, way)
  reports.push(report)
  const { passed, rows, falseAlarms, damage, found, repaired, written, ms } = report
  console.log(
    `${passed ? 'ok  ' : 'FAIL'} ${nameOf(pair)}: ${passes} passes over ${rows} rows beside ` +
      `${Object.values(written).reduce((sum, count) => sum + count, 0)} writes, ${falseAlarms} false alarms; ` +
      `${found} of ${damage} damaged rows found, ${repaired} repaired; ${(ms / 1000).toFixed(1)} s`,
  )
  for (const sentence of report.wrong.slice(0, 10)) console.log(`     ${sentence.slice(0, 600)}`)
}
const failed = reports.filter(({ passed }) => !passed).length
close({ passed: reports.length - failed, failed, skipped: 0, pairs: reports }, given.json)
process.exit()

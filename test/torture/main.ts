// npm run torture -- [--rounds N] [--switches N] [--orm knex] [--pair postgres>mysql] [--seed S] [--ms N] [--json FILE]
// Four writers, a relay and a switch controller on real servers; kill -9, SIGSTOP, killed sessions, killed and paused servers;
// at the end both sides must be exactly equal and every acknowledged write must be there (W3, W4, W5, W8).

import { close, flags, wholeNumber } from '../proof.ts'
import { bundleWorkers } from '../bundle.ts'
import { ormNames } from './orms.ts'
import { type Pair, round, type RoundReport } from './round.ts'

const pairs: readonly Pair[] = [
  { source: 'postgres', target: 'mysql' },
  { source: 'mysql', target: 'postgres' },
  { source: 'postgres', target: 'mariadb' },
  { source: 'mariadb', target: 'postgres' },
]

const given = flags({
  rounds: 'number of rounds (24)',
  orm: `one ORM only: ${ormNames.join(', ')} (all in turn)`,
  pair: 'one pair only, e.g. postgres>mysql (default: pg>mysql, mysql>pg, and the same with MariaDB in turn)',
  seed: 'seed of the first round (1)',
  ms: 'length of the traffic of a round in ms (8000)',
  switches: 'a round goes on until so many switches went through (0)',
  json: 'file for the report',
})
const rounds = wholeNumber(given.rounds, 24, 'rounds')
const firstSeed = wholeNumber(given.seed, 1, 'seed')
const ms = wholeNumber(given.ms, 8000, 'ms')
const switches = wholeNumber(given.switches, 0, 'switches')
const nameOf = ({ source, target }: Pair): string => `${source}>${target}`
const chosenPairs = pairs.filter((pair) => given.pair === undefined || nameOf(pair) === given.pair)
const chosenOrms = ormNames.filter((name) => given.orm === undefined || name === given.orm)
if (chosenPairs.length === 0 || chosenOrms.length === 0) {
  console.error(`--pair takes one of ${pairs.map(nameOf).join(', ')}; --orm one of ${ormNames.join(', ')}`)
  process.exit(2)
}

const workers = await bundleWorkers('torture', ['writer', 'relay', 'controller'])
const reports: RoundReport[] = []
for (let number = 0; number < rounds; number++) {
  // Three ORMs and four pairs have no common divisor: both in turn, each meets each within twelve rounds.
  const orm = chosenOrms[number % chosenOrms.length]!
  const pair = chosenPairs[number % chosenPairs.length]!
  const seed = firstSeed + number
  const report = await round({ workers, orm, pair, seed, ms, switches, serverFaults: number % 5 === 4 })
  reports.push(report)
  const { passed, acked, kills, pauses, sessionsKilled, switchPauseMs, drainMs } = report
  console.log(
    `${passed ? 'ok  ' : 'FAIL'} ${orm} ${report.pair} seed ${seed}: ${acked} acked, ${kills} kills, ${pauses} pauses, ` +
      `${sessionsKilled} sessions killed, ${report.switches} switches (pause ms ${Math.round(switchPauseMs?.median ?? 0)}/${Math.round(switchPauseMs?.max ?? 0)}), ` +
      `${report.serverFaults.join(', ') || 'no server fault'}, drained in ${drainMs} ms`,
  )
  for (const sentence of report.wrong.slice(0, 10)) console.log(`     ${sentence}`)
  for (const row of report.divergent.slice(0, 10)) console.log(`     ${JSON.stringify(row)}`)
}
const failed = reports.filter((report) => !report.passed).length
close({ passed: reports.length - failed, failed, skipped: 0, rounds: reports }, given.json)
process.exit()

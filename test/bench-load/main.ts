// npm run bench:load -- [--rows N] [--pair postgres>postgres] [--rounds N] [--json FILE]
// The initial load against what people use today, on the same data in the same run: rows per second, as ratios to ours. Above 1: we are
// faster. Fails where a load does not bring every row or takes more memory than it may.

import {
  adminQuery,
  freshDatabase,
  type FreshDatabase,
  type ServerConnection,
  type ServerEngine,
  spawnWorker,
} from '@twinwrite/testkit'
import { close, flags, wholeNumber } from '../proof.ts'
import { createTable, fillTable } from './table.ts'
import { mydumper, mysqldump, mysqldumpToMariadb, pgDump, pgloader, type Tool } from './tools.ts'

const contests: readonly {
  source: ServerEngine
  target: ServerEngine
  tools: Record<string, () => Promise<Tool>>
}[] = [
  { source: 'postgres', target: 'postgres', tools: { 'pg_dump | psql': pgDump } },
  { source: 'mysql', target: 'mysql', tools: { 'mysqldump | mysql': mysqldump, mydumper } },
  { source: 'mysql', target: 'mariadb', tools: { 'mysqldump | mariadb': mysqldumpToMariadb } },
  { source: 'mysql', target: 'postgres', tools: { pgloader } },
  { source: 'mariadb', target: 'postgres', tools: { pgloader } },
  { source: 'postgres', target: 'mysql', tools: {} },
]
const mostRssMb = 300

const given = flags({
  rows: 'rows of the table (1000000)',
  pair: 'one pair of engines, such as mysql>postgres (default: all)',
  rounds: 'measurements of each (1); the median counts',
  json: 'file for the report',
})
const rows = wholeNumber(given.rows, 1_000_000, 'rows')
const rounds = Math.max(1, wholeNumber(given.rounds, 1, 'rounds'))

interface Measured {
  readonly pair: string
  readonly by: string
  /** Null: it could not be measured. */
  readonly rowsPerSecond: number | null
  readonly rssMb?: number
  readonly cpuUsPerRow?: number
  readonly note?: string
}

const measured: Measured[] = []
const failures: string[] = []

for (const { source, target, tools } of contests) {
  const pair = `${source}>${target}`
  if (given.pair !== undefined && given.pair !== pair) continue
  const from = await freshDatabase(source)
  try {
    for (const sql of createTable(source)) await adminQuery(source, from.url, sql)
    await fillTable(source, from.url, rows)
    for (const way of ['fast', 'live'] as const) await ours(pair, from, target, way)
    for (const [name, tool] of Object.entries(tools)) await theirs(pair, name, from, target, tool)
  } finally {
    await from.drop()
  }
}

async function ours(
  pair: string,
  from: FreshDatabase<ServerConnection>,
  target: ServerEngine,
  way: 'fast' | 'live',
): Promise<void> {
  const found: { ms: number; rssMb: number; cpuMs: number }[] = []
  for (let round = 0; round < rounds; round++) {
    await intoFresh(target, async (to) => {
      await adminQuery(from.engine as ServerEngine, from.url, 'SELECT 1')
      const worker = spawnWorker<{ ms: number; rssMb: number; cpuMs: number; failed?: string }>(
        new URL('loader.worker.ts', import.meta.url),
      )
      const sides = {
        source: { engine: from.engine, connection: from.connection },
        target: { engine: target, connection: to.connection },
      }
      worker.send({ sides, options: { way } })
      const message = await worker.receive(() => true, 3_600_000)
      if (message.failed !== undefined) throw new Error(message.failed)
      await worker.exit
      await uninstalled(from)
      found.push(message)
    })
  }
  const { ms, rssMb, cpuMs } = median(found, (one) => one.ms)
  tell({
    pair,
    by: `twinwrite ${way}`,
    rowsPerSecond: (rows * 1000) / ms,
    rssMb,
    cpuUsPerRow: (cpuMs * 1000) / rows,
  })
  if (rssMb > mostRssMb) failures.push(`${pair} ${way}: ${rssMb} MB`)
}

async function theirs(
  pair: string,
  name: string,
  from: FreshDatabase<ServerConnection>,
  target: ServerEngine,
  tool: () => Promise<Tool>,
): Promise<void> {
  try {
    const run = await tool()
    const times: number[] = []
    for (let round = 0; round < rounds; round++) {
      await intoFresh(target, async (to) => {
        const begun = performance.now()
        await run({ source: from.connection, target: to.connection })
        times.push(performance.now() - begun)
      })
    }
    const ms = median(times, (one) => one)
    tell({ pair, by: name, rowsPerSecond: (rows * 1000) / ms })
  } catch (error) {
    tell({ pair, by: name, rowsPerSecond: null, note: String(error).replaceAll('\n', ' ').slice(0, 300) })
  }
}

/** The database with its empty table; all rows must be there afterwards. */
async function intoFresh(
  target: ServerEngine,
  load: (to: FreshDatabase<ServerConnection>) => Promise<void>,
): Promise<void> {
  const to = await freshDatabase(target)
  try {
    for (const sql of createTable(target)) await adminQuery(target, to.url, sql)
    await load(to)
    const [count] = await adminQuery(target, to.url, 'SELECT count(*) AS n FROM orders')
    if (Number(count!['n']) !== rows) throw new Error(`${String(count!['n'])} rows of ${rows} are there`)
  } finally {
    await to.drop()
  }
}

/** The next one begins before its first stage, too. */
async function uninstalled({ engine, url }: FreshDatabase<ServerConnection>): Promise<void> {
  for (const table of ['meta', 'fence', 'journal', 'lock', 'process', 'mark', 'checkpoint', 'mismatch'])
    await adminQuery(engine as ServerEngine, url, `DROP TABLE IF EXISTS _tw_${table}`)
}

function median<T>(values: readonly T[], by: (value: T) => number): T {
  return [...values].sort((left, right) => by(left) - by(right))[Math.floor(values.length / 2)]!
}

function tell(one: Measured): void {
  measured.push(one)
  const fast = measured.find(({ pair, by }) => pair === one.pair && by === 'twinwrite fast')?.rowsPerSecond
  const rate =
    one.rowsPerSecond === null ? `not measured: ${one.note}` : `${Math.round(one.rowsPerSecond)} rows/s`
  const ratio = fast && one.rowsPerSecond ? `, fast load x${(fast / one.rowsPerSecond).toFixed(2)} of it` : ''
  const memory =
    one.rssMb === undefined ? '' : `, ${one.rssMb} MB, ${one.cpuUsPerRow!.toFixed(1)} us/row of ours`
  console.log(`${one.pair.padEnd(18)} ${one.by.padEnd(18)} ${rate}${ratio}${memory}`)
}

for (const failure of failures) console.log(`too much memory: ${failure}`)
const told = measured.filter(({ by }) => by.startsWith('twinwrite')).length
const skipped = measured.filter(({ rowsPerSecond }) => rowsPerSecond === null).length
close({ passed: told - failures.length, failed: failures.length, skipped, rows, measured }, given.json)

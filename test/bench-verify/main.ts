// npm run bench:verify -- [--rows N] [--pair postgres>postgres] [--differences N] [--rounds N] [--json FILE]
// A full verification against what people use today and against a comparison by hand (objects and JSON), on the same data in the same run:
// rows per second, as ratios to ours. Above 1: we are faster. Fails where not exactly the seeded differences are found, or
// where it takes more memory than it may.

import { backfill } from '@twinwrite/backfill'
import { defineMigration } from '@twinwrite/sql'
import {
  adminQuery,
  freshDatabase,
  type FreshDatabase,
  type ServerConnection,
  type ServerEngine,
  spawnWorker,
} from '@twinwrite/testkit'
import { createTable, fillTable } from '../bench-load/table.ts'
import { close, flags, wholeNumber } from '../proof.ts'
import { config } from './migration.ts'
import { naive } from './naive.ts'
import { cmpOfCopies, cmpOfDumps, ptTableSync, type Tool } from './tools.ts'

const contests: readonly {
  readonly source: ServerEngine
  readonly target: ServerEngine
  readonly tools: readonly Tool[]
}[] = [
  { source: 'postgres', target: 'postgres', tools: [cmpOfCopies] },
  { source: 'mysql', target: 'mysql', tools: [ptTableSync, cmpOfDumps] },
  { source: 'mysql', target: 'mariadb', tools: [] },
  { source: 'mysql', target: 'postgres', tools: [] },
  { source: 'postgres', target: 'mysql', tools: [] },
]
const mostRssMb = 300

const given = flags({
  rows: 'rows of the table (1000000)',
  pair: 'one pair of engines, such as mysql>postgres (default: all)',
  differences: 'rows changed on the target for the second measurement (100)',
  rounds: 'measurements of each, in turn (1); the median counts',
  json: 'file for the report',
})
const rows = wholeNumber(given.rows, 1_000_000, 'rows')
const differences = Math.min(rows, wholeNumber(given.differences, 100, 'differences'))
const rounds = Math.max(1, wholeNumber(given.rounds, 1, 'rounds'))

type Database = FreshDatabase<ServerConnection> & { readonly engine: ServerEngine }

interface Measured {
  readonly pair: string
  readonly by: string
  readonly differences: number
  /** Null: it could not be measured. */
  readonly rowsPerSecond: number | null
  /** How many times faster ours was. */
  readonly ratio: number | null
  readonly rssMb?: number
  readonly cpuUsPerRow?: number
  readonly note?: string
}

/** What was found in how long. Null: the tool does not count. */
interface Comparison {
  readonly ms: number
  readonly found: number | null
  readonly rssMb?: number
  readonly cpuUsPerRow?: number
}

interface Contender {
  readonly name: string
  /** Whether the number of differences that it finds counts. */
  readonly exact: boolean
  readonly findsAll: boolean
  compare(): Promise<Comparison>
}

const measured: Measured[] = []
const failures: string[] = []

for (const { source, target, tools } of contests) {
  const pair = `${source}>${target}`
  if (given.pair !== undefined && given.pair !== pair) continue
  const [from, to] = [await emptyTable(source), await emptyTable(target)]
  try {
    await fillTable(source, from.url, rows)
    await migrated(from, to)
    const contenders = [ours(from, to), byHand(from, to), ...tools.map((tool) => theirs(tool, from, to))]
    for (const seeded of [0, differences]) {
      if (seeded > 0) await adminQuery(target, to.url, damage(seeded))
      await contest(
        pair,
        seeded,
        contenders.filter(({ findsAll }) => findsAll || seeded === 0),
      )
    }
  } finally {
    await Promise.all([from.drop(), to.drop()])
  }
}

for (const failure of failures) console.log(failure)
const skipped = measured.filter(({ rowsPerSecond }) => rowsPerSecond === null).length
const passed = measured.length - skipped - failures.length
close({ passed, failed: failures.length, skipped, rows, measured, failures }, given.json)

async function emptyTable(engine: ServerEngine): Promise<Database> {
  const database = await freshDatabase(engine)
  for (const sql of createTable(engine)) await adminQuery(engine, database.url, sql)
  return database as Database
}

/** As a backfill leaves the target. */
async function migrated(from: Database, to: Database): Promise<void> {
  const migration = defineMigration(config).start({ source: from, target: to })
  try {
    await migration.install()
    await migration.setStage('source-first')
    await backfill(migration).done
  } finally {
    await migration.close()
  }
  const { engine, url } = to
  await adminQuery(engine, url, engine === 'postgres' ? 'VACUUM ANALYZE orders' : 'ANALYZE TABLE orders')
}

/** One row in so many, all over the table. */
function damage(seeded: number): string {
  return `UPDATE orders SET state = 77 WHERE id % ${Math.floor(rows / seeded)} = 0`
}

function ours(from: Database, to: Database): Contender {
  return {
    name: 'twinwrite',
    exact: true,
    findsAll: true,
    compare: async () => {
      interface Answer {
        readonly ms: number
        readonly rssMb: number
        readonly cpuMs: number
        readonly mismatches: number
        readonly failed?: string
      }
      const worker = spawnWorker<Answer>(new URL('verifier.worker.ts', import.meta.url))
      worker.send({
        source: { engine: from.engine, connection: from.connection },
        target: { engine: to.engine, connection: to.connection },
      })
      const { failed, ms, rssMb, cpuMs, mismatches } = await worker.receive(() => true, 3_600_000)
      if (failed !== undefined) throw new Error(failed)
      await worker.exit
      return { ms, found: mismatches, rssMb, cpuUsPerRow: (cpuMs * 1000) / rows }
    },
  }
}

function byHand(from: Database, to: Database): Contender {
  const exact = from.engine === to.engine
  return { name: 'by hand', exact, findsAll: true, compare: () => timed(() => naive(from, to)) }
}

function theirs({ name, findsAll, open }: Tool, from: Database, to: Database): Contender {
  const compare = async (): Promise<Comparison> => {
    const run = await open()
    return timed(() => run({ source: from.connection, target: to.connection }))
  }
  return { name, exact: true, findsAll, compare }
}

async function timed(compare: () => Promise<number | null>): Promise<Comparison> {
  const begun = performance.now()
  const found = await compare()
  return { ms: performance.now() - begun, found }
}

/** All of them in turn: the machine may be busier now than a minute ago. */
async function contest(pair: string, seeded: number, contenders: readonly Contender[]): Promise<void> {
  const times = new Map<string, Comparison[]>()
  const notes = new Map<string, string>()
  for (let round = 0; round < rounds; round++) {
    for (const { name, exact, compare } of contenders) {
      if (notes.has(name)) continue
      try {
        const one = await compare()
        times.set(name, [...(times.get(name) ?? []), one])
        if (exact && one.found !== null && one.found !== seeded)
          failures.push(`${pair} ${name}: found ${one.found} of ${seeded} differences`)
      } catch (error) {
        if (name === 'twinwrite') throw error
        notes.set(name, String(error).replaceAll('\n', ' ').slice(0, 300))
      }
    }
  }
  const own = median(times.get('twinwrite')!)
  for (const { name } of contenders) {
    const note = notes.get(name)
    if (note !== undefined)
      tell({ pair, by: name, differences: seeded, rowsPerSecond: null, ratio: null, note })
    else {
      const { ms, rssMb, cpuUsPerRow } = median(times.get(name)!)
      const memory = rssMb === undefined || cpuUsPerRow === undefined ? {} : { rssMb, cpuUsPerRow }
      const rowsPerSecond = Math.round((rows * 1000) / ms)
      tell({ pair, by: name, differences: seeded, rowsPerSecond, ratio: ms / own.ms, ...memory })
    }
  }
  const most = Math.max(...times.get('twinwrite')!.map(({ rssMb }) => rssMb ?? 0))
  if (most > mostRssMb) failures.push(`${pair}: ${most} MB`)
}

function median(comparisons: readonly Comparison[]): Comparison {
  return [...comparisons].sort((left, right) => left.ms - right.ms)[Math.floor(comparisons.length / 2)]!
}

function tell(one: Measured): void {
  measured.push(one)
  const { pair, by, rowsPerSecond, ratio, rssMb, cpuUsPerRow, note } = one
  const rate = rowsPerSecond === null ? `not measured: ${note}` : `${rowsPerSecond} rows/s`
  const than = ratio === null || by === 'twinwrite' ? '' : `, ours x${ratio.toFixed(2)} of it`
  const memory = rssMb === undefined ? '' : `, ${rssMb} MB, ${cpuUsPerRow!.toFixed(1)} us/row of our process`
  console.log(
    `${pair.padEnd(18)} ${String(one.differences).padStart(4)} differences ${by.padEnd(22)} ${rate}${than}${memory}`,
  )
}

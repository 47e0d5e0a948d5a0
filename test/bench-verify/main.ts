// npm run bench:verify -- [--rows N] [--pair postgres>postgres] [--differences N] [--json FILE]
// A full verification against a comparison by hand (objects and JSON) and, between PostgreSQLs, `cmp` of two COPY streams, on the same data
// in the same run: rows per second. Fails where not exactly the seeded differences are found.

import { spawn } from 'node:child_process'
import { defineMigration } from '@twinwrite/sql'
import {
  adminQuery,
  freshDatabase,
  type FreshDatabase,
  type ServerConnection,
  type ServerEngine,
} from '@twinwrite/testkit'
import { verify } from '@twinwrite/verify'
import { createTable, fillTable } from '../bench-load/table.ts'
import { close, flags, wholeNumber } from '../proof.ts'
import { naive } from './naive.ts'

const pairs: readonly (readonly [ServerEngine, ServerEngine])[] = [
  ['postgres', 'postgres'],
  ['mysql', 'mysql'],
  ['mysql', 'postgres'],
  ['postgres', 'mysql'],
]
const columns = ['id', 'customer', 'state', 'total', 'code', 'note', 'extra', 'created', 'changed']

const given = flags({
  rows: 'rows of the table (1000000)',
  pair: 'one pair of engines, such as mysql>postgres (default: all)',
  differences: 'rows changed on the target for the second measurement (100)',
  json: 'file for the report',
})
const rows = wholeNumber(given.rows, 1_000_000, 'rows')
const differences = Math.min(rows, wholeNumber(given.differences, 100, 'differences'))

type Database = FreshDatabase<ServerConnection> & { readonly engine: ServerEngine }

interface Measured {
  readonly pair: string
  readonly by: string
  readonly differences: number
  readonly ms: number
  readonly rowsPerSecond: number
  readonly rssMb: number
}

const measured: Measured[] = []
const failures: string[] = []

for (const [source, target] of pairs) {
  const pair = `${source}>${target}`
  if (given.pair !== undefined && given.pair !== pair) continue
  const from = (await filled(source)) as Database
  const to = (await filled(target)) as Database
  const migration = defineMigration({ name: 'bench', tables: { orders: { accept: columns } } }).start({
    source: from,
    target: to,
  })
  try {
    if (source !== target) await sameNotes(from, to)
    await migration.install()
    await migration.setStage('source-first')
    for (const seeded of [0, differences]) {
      if (seeded > 0) await adminQuery(target, to.url, damage(seeded))
      await measure(pair, 'twinwrite', seeded, async () => {
        const report = await verify(migration, { maxLagMs: 60_000 }).done
        return report.mismatches
      })
      await measure(pair, 'by hand', seeded, () => naive(from, to), source === target)
      if (pair === 'postgres>postgres') await measure(pair, 'cmp of two COPYs', seeded, () => cmp(from, to))
    }
  } finally {
    await migration.close()
    await Promise.all([from.drop(), to.drop()])
  }
}

close(
  {
    passed: measured.length - failures.length,
    failed: failures.length,
    skipped: 0,
    rows,
    measured,
    failures,
  },
  given.json,
)

async function filled(engine: ServerEngine): Promise<FreshDatabase<ServerConnection>> {
  const database = await freshDatabase(engine)
  for (const sql of createTable(engine)) await adminQuery(engine, database.url, sql)
  await fillTable(engine, database.url, rows)
  return database
}

/** The generators of the engines write other texts; the rows must be equal before some are damaged. */
async function sameNotes(...databases: readonly Database[]): Promise<void> {
  for (const { engine, url } of databases) {
    const note = engine === 'postgres' ? `repeat('note ' || id, 12)` : `REPEAT(CONCAT('note ', id), 12)`
    await adminQuery(engine, url, `UPDATE orders SET note = ${note}`)
    await adminQuery(engine, url, engine === 'postgres' ? 'VACUUM ANALYZE orders' : 'ANALYZE TABLE orders')
  }
}

/** One row in so many, all over the table. */
function damage(seeded: number): string {
  return `UPDATE orders SET state = 77 WHERE id % ${Math.floor(rows / seeded)} = 0`
}

/** @param exact whether the number of differences that it finds counts */
async function measure(
  pair: string,
  by: string,
  seeded: number,
  compare: () => Promise<number | null>,
  exact = true,
): Promise<void> {
  const begun = performance.now()
  let mostRss = 0
  const watch = setInterval(() => (mostRss = Math.max(mostRss, process.memoryUsage().rss)), 100)
  const found = await compare().finally(() => clearInterval(watch))
  const ms = Math.round(performance.now() - begun)
  const rowsPerSecond = Math.round((rows * 1000) / ms)
  const rssMb = Math.round(mostRss / 1024 / 1024)
  measured.push({ pair, by, differences: seeded, ms, rowsPerSecond, rssMb })
  console.log(`${pair} ${by}, ${seeded} differences: ${rowsPerSecond} rows/s, ${rssMb} MB`)
  if (exact && found !== null && found !== seeded)
    failures.push(`${pair} ${by}: found ${found} of ${seeded} differences`)
}

/** Says only whether they differ, and where first. */
function cmp(from: Database, to: Database): Promise<null> {
  const copy = ({ url }: Database): string =>
    `<(psql -q -d '${url}' -c 'COPY (SELECT * FROM orders ORDER BY id) TO STDOUT')`
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-c', `cmp -s ${copy(from)} ${copy(to)}`], { stdio: 'ignore' })
    child.on('error', reject)
    child.on('close', () => resolve(null))
  })
}

// How fast the applier empties a journal of distinct keys, in batches.

import { defineMigration } from '@twinwrite/sql'
import { adminQuery, freshDatabase, type ServerEngine } from '@twinwrite/testkit'

const generate: Record<ServerEngine, (rows: number) => string> = {
  postgres: (rows) =>
    `INSERT INTO orders SELECT i, 'customer ' || i, i % 100 FROM generate_series(1, ${rows}) i`,
  mysql: (rows) => `INSERT INTO orders SELECT i, CONCAT('customer ', i), i % 100 FROM (${series(rows)}) s`,
  mariadb: (rows) => `INSERT INTO orders SELECT i, CONCAT('customer ', i), i % 100 FROM (${series(rows)}) s`,
}

const digits = Array.from({ length: 10 }, (_, digit) => `SELECT ${digit} d`).join(' UNION ALL ')
const series = (rows: number): string =>
  `SELECT 1 + a.d + 10*b.d + 100*c.d + 1000*e.d + 10000*f.d AS i FROM (${digits}) a, (${digits}) b, (${digits}) c, (${digits}) e, (${digits}) f HAVING i <= ${rows}`

/** @returns keys applied per second */
export async function applierRate(source: ServerEngine, target: ServerEngine, rows: number): Promise<number> {
  const from = await freshDatabase(source)
  const to = await freshDatabase(target)
  const ddl =
    'CREATE TABLE orders (id bigint PRIMARY KEY, customer varchar(100) NOT NULL, total int NOT NULL)'
  await adminQuery(source, from.url, ddl)
  await adminQuery(target, to.url, ddl)
  await adminQuery(source, from.url, generate[source](rows))
  const migration = defineMigration({
    name: 'bench',
    tables: { orders: { accept: ['customer'] } },
    leaseMs: 1000,
    beatMs: 400,
    // The relay of this process must not begin before the clock does.
    pollMs: { min: 60_000, max: 60_000 },
    batchSize: 1000,
  }).start({
    source: { engine: source, connection: from.connection },
    target: { engine: target, connection: to.connection },
  })
  await migration.install()
  await migration.setStage('source-first')
  const { epoch } = await migration.status()
  for (let start = 1; start <= rows; start += 500) {
    const changes = Array.from({ length: 500 }, (_, index) => ({
      table: 'orders',
      key: String(start + index),
      op: 'insert' as const,
    }))
    if (!(await migration.stores.source.addJournal(changes, epoch)))
      throw new Error('the fence refused the journal')
  }
  const started = performance.now()
  if (!(await migration.drain({ timeoutMs: 120_000 }))) throw new Error('the journal does not drain')
  const perSecond = rows / ((performance.now() - started) / 1000)
  const [count] = await adminQuery(target, to.url, 'SELECT count(*) AS n FROM orders')
  if (Number(count!['n']) !== rows) throw new Error(`applied ${String(count!['n'])} of ${rows} rows`)
  await migration.close()
  await from.drop()
  await to.drop()
  return perSecond
}

// How fast the applier empties a journal of distinct keys, in batches.

import { defineMigration } from '@twinwrite/sql'
import { adminQuery, freshDatabase, type ServerEngine } from '@twinwrite/testkit'
import { filling, orderTable } from './orders.ts'

/** @returns keys applied per second */
export async function applierRate(source: ServerEngine, target: ServerEngine, rows: number): Promise<number> {
  const from = await freshDatabase(source)
  const to = await freshDatabase(target)
  for (const sql of [orderTable(source), ...filling(source, rows)]) await adminQuery(source, from.url, sql)
  await adminQuery(target, to.url, orderTable(target))
  const migration = defineMigration({
    name: 'bench',
    tables: { orders: { accept: ['status', 'note'] } },
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

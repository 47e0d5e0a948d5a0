// Measures what one applier writes per second into a side: node scripts/run.mjs packages/sql/src/testing/bench-apply.ts postgres mysql
// Batches of 500 rows of an orders-like table: stripes, snapshot of a primary, write and deletion of the journal, as apply does it.

import { type Row, stripeOf } from '@twinwrite/core'
import { type Engine, freshDatabase } from '@twinwrite/testkit'
import { defaultNaming, openStore } from '../engines.ts'
import { makeTable, whole } from './app-connection.ts'

const [from = 'postgres', to = 'mysql', batch = '500', appliers = '2'] = process.argv.slice(2)
const total = 40_000

const definition = (engine: Engine): string =>
  `CREATE TABLE orders (id bigint PRIMARY KEY, customer int NOT NULL, amount decimal(12,2) NOT NULL, name varchar(100) NOT NULL,
   note text, data ${engine === 'postgres' ? 'jsonb' : 'json'}, made ${engine === 'postgres' ? 'timestamp(3)' : 'datetime(3)'} NOT NULL,
   changed ${engine === 'postgres' ? 'timestamp(3)' : 'datetime(3)'})`

async function open(engine: Engine, role: 'primary' | 'secondary') {
  const { connection, drop } = await freshDatabase(engine)
  const side = role === 'primary' ? 'source' : 'target'
  const store = openStore({ engine, connection, side, naming: { migration: 'bench', ...defaultNaming } })
  await store.install({ role: 'secondary', epoch: 1, stage: 'source-first' })
  await makeTable(engine, connection, definition(engine))
  const [table] = await store.catalog([{ schema: null, name: 'orders' }])
  store.use(new Map([['orders', whole(table!)]]))
  return { store, drop }
}

const rowOf = (id: number): Row => [
  String(id),
  String(id % 1000),
  '1234.56',
  `customer ${id}`,
  'x'.repeat(150),
  '{"a":1,"b":"two"}',
  '2024-01-01 10:00:00.123',
  null,
]

const primary = await open(from as Engine, 'primary')
const secondary = await open(to as Engine, 'secondary')
const size = Number(batch)
const batches = Array.from({ length: Math.ceil(total / size) }, (_, start) =>
  Array.from({ length: size }, (__, index) => String(start * size + index)),
)

for (const keys of batches) {
  const session = await primary.store.beginApply()
  await session.write(
    [{ table: 'orders', upserts: keys.map((key) => ({ key, row: rowOf(Number(key)) })), deletes: [] }],
    {
      displace: false,
    },
  )
  await session.commit()
}
await primary.store.changeFence({ epochBelow: 2 }, { role: 'primary', epoch: 2, stage: 'source-first' }, 1000)

for (const pass of ['insert', 'update']) {
  for (const keys of batches) {
    await primary.store.addJournal(
      keys.map((key) => ({ table: 'orders', key, op: 'update' as const })),
      2,
    )
  }
  const spent: Record<string, number[]> = {
    begin: [],
    lock: [],
    snapshot: [],
    write: [],
    commit: [],
    forget: [],
  }
  const timed = async <T>(step: string, work: Promise<T>): Promise<T> => {
    const started = performance.now()
    const result = await work
    spent[step]!.push(performance.now() - started)
    return result
  }
  const queue = [...batches]
  const cpu = process.cpuUsage()
  const started = performance.now()
  const run = async (): Promise<void> => {
    for (let keys = queue.pop(); keys !== undefined; keys = queue.pop()) {
      const session = await timed('begin', secondary.store.beginApply())
      const stripes = [...new Set(keys.map((key) => stripeOf('orders', key)))].sort(
        (left, right) => left - right,
      )
      await timed('lock', session.lock(stripes, 'wait'))
      const seen = await timed(
        'snapshot',
        primary.store.snapshot(keys.map((key) => ({ table: 'orders', key }))),
      )
      const upserts = [...seen.rows.get('orders')!].map(([key, row]) => ({ key, row }))
      await timed('write', session.write([{ table: 'orders', upserts, deletes: [] }], { displace: false }))
      await timed('commit', session.commit())
      await timed('forget', primary.store.deleteJournal(seen.journal.map(({ id }) => id)))
    }
  }
  await Promise.all(Array.from({ length: Number(appliers) }, run))
  const seconds = (performance.now() - started) / 1000
  const { user, system } = process.cpuUsage(cpu)
  // The fastest tenth is what a quiet machine would show for all.
  const steps = Object.entries(spent).map(([step, ms]) => {
    const sorted = ms.sort((left, right) => left - right)
    return `${step} ${sorted[sorted.length >> 1]!.toFixed(1)} (${sorted[Math.floor(sorted.length / 10)]!.toFixed(1)}, ${sorted.at(-1)!.toFixed(0)})`
  })
  process.stdout.write(
    `${from} > ${to}, ${pass}: ${Math.round(total / seconds)} rows/s; CPU of this process ${((user + system) / total).toFixed(1)} us per row; ms per batch, median (fastest tenth, slowest): ${steps.join(', ')}`,
  )
}
await Promise.all([primary.store.close(), secondary.store.close()])
await Promise.all([primary.drop(), secondary.drop()])

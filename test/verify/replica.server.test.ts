// First looks at a real standby that lags: what it does not have yet is no mismatch, and what is one is found (W11).

import { setTimeout as sleep } from 'node:timers/promises'
import { verify } from '@twinwrite/verify'
import { adminQuery, dedicatedServer, type DedicatedServer } from '@twinwrite/testkit'
import { afterEach, expect, test } from 'vitest'
import { openShop, type Shop } from './shop.ts'
import { startTraffic } from './traffic.ts'

const open: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

async function own(standbyOf?: DedicatedServer): Promise<DedicatedServer> {
  const server = await dedicatedServer('postgres', { durable: false, ...(standbyOf && { standbyOf }) })
  open.push(() => server.stop())
  return server
}

test(
  'a standby whose replay stands still under traffic raises no false alarm, and hides no damage',
  { timeout: 60_000 },
  async () => {
    const primary = await own()
    const standby = await own(primary)
    const shop: Shop = await openShop('postgres', 'postgres', { orders: 300, targetServer: primary })
    open.push(() => shop.close())
    const { database, ...server } = shop.connections.target as { database: string; port: number }
    const connection = { ...server, database, port: standby.port }
    const replicas = { target: { engine: 'postgres', connection } } as const
    const caughtUp = async (): Promise<boolean> => {
      const [row] = await adminQuery(
        'postgres',
        standby.url,
        `SELECT count(*) AS n FROM pg_database WHERE datname = '${database}'`,
      )
      return Number(row!['n']) === 1
    }
    while (!(await caughtUp())) await sleep(50)
    await sleep(500)
    await adminQuery('postgres', standby.url, 'SELECT pg_wal_replay_pause()')

    const operator = shop.operator()
    const traffic = startTraffic(shop, 3)
    await sleep(1000)
    for (let pass = 0; pass < 3; pass++)
      expect(await verify(operator, { replicas, chunkMs: 20 }).done).toMatchObject({ shown: [], open: 0 })
    await traffic.stop()
    expect(await shop.migration.drain()).toBe(true)
    const stale = await adminQuery(
      'postgres',
      standby.url.replace(/[^/]*$/, database),
      'SELECT count(*) AS n FROM orders',
    )
    expect(Number(stale[0]!['n'])).toBe(300)
    expect(await shop.plain.target('orders').count('* as n')).not.toEqual([{ n: '300' }])

    await adminQuery('postgres', standby.url, 'SELECT pg_wal_replay_resume()')
    await shop.plain.target('orders').where({ id: 7 }).update({ note: 'behind our back' })
    await sleep(500)
    const report = await verify(operator, { replicas }).done
    expect(report.shown.map(({ key, kind }) => `${key} ${kind}`)).toEqual(['7 different'])
  },
)

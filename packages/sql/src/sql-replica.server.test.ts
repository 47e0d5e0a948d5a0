// The lag of real replicas, as each engine tells it.

import { setTimeout as sleep } from 'node:timers/promises'
import type { ReplicaLag } from '@twinwrite/core'
import { account, adminQuery, type DedicatedServer, dedicatedServer } from '@twinwrite/testkit'
import { afterEach, expect, test } from 'vitest'
import { openReplica } from './engines.ts'
import type { SqlReplica } from './sql-replica.ts'
import { cleanUp } from './testing/test-side.ts'

const open: SqlReplica[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((replica) => replica.close()))
})

function replicaAt({ engine, url }: DedicatedServer): SqlReplica {
  const replica = openReplica({ engine, connection: url })
  open.push(replica)
  return replica
}

async function own(...given: Parameters<typeof dedicatedServer>): Promise<DedicatedServer> {
  const server = await dedicatedServer(given[0], { durable: false, ...given[1] })
  cleanUp(() => server.stop())
  return server
}

async function until(replica: SqlReplica, what: (lag: ReplicaLag) => boolean): Promise<ReplicaLag> {
  const deadline = Date.now() + 30_000
  for (;;) {
    const lag = await replica.lag()
    if (what(lag)) return lag
    if (Date.now() > deadline) throw new Error(`it never was so: ${JSON.stringify(lag)}`)
    await sleep(100)
  }
}

const upToDate = (lag: ReplicaLag): boolean => 'ms' in lag && lag.ms < 300
const behind = (lag: ReplicaLag): boolean => 'ms' in lag && lag.ms >= 1000
const silent = (lag: ReplicaLag): boolean => 'unreadable' in lag

test('a standby of PostgreSQL and its primary tell the age of what is not replayed', async () => {
  const primary = await own('postgres')
  const standby = await own('postgres', { standbyOf: primary })
  const write = (): Promise<unknown> =>
    adminQuery('postgres', primary.url, 'CREATE TABLE IF NOT EXISTS t (id int); INSERT INTO t VALUES (1)')
  const seen = { standby: replicaAt(standby), primary: replicaAt(primary) }
  await write()
  await until(seen.standby, upToDate)
  await until(seen.primary, upToDate)

  await adminQuery('postgres', standby.url, 'SELECT pg_wal_replay_pause()')
  await write()
  await until(seen.standby, behind)
  await until(seen.primary, behind)
  await adminQuery('postgres', standby.url, 'SELECT pg_wal_replay_resume()')
  await until(seen.standby, upToDate)

  await adminQuery('postgres', primary.url, `CREATE ROLE plain LOGIN PASSWORD 'plain'`)
  const connection = primary.url.replace(/\/\/[^@]*@/, '//plain:plain@')
  const hidden = openReplica({ engine: 'postgres', connection })
  open.push(hidden)
  expect(await hidden.lag()).toEqual({ unreadable: 'its user may not see the standbys: GRANT pg_monitor' })

  standby.pause()
  expect(await seen.standby.lag()).toMatchObject({ unreadable: expect.stringMatching(/no answer within/) })
  standby.resume()
  await standby.kill9()
  await until(seen.primary, silent)
  expect(await seen.standby.lag()).toMatchObject({ unreadable: expect.stringMatching(/ECONNREFUSED/) })
})

const statements = {
  mysql: {
    stop: 'STOP REPLICA',
    start: 'START REPLICA',
    follow: (port: number, delay: number) =>
      `CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = ${port}, SOURCE_USER = '${account.user}',` +
      ` SOURCE_PASSWORD = '${account.password}', GET_SOURCE_PUBLIC_KEY = 1, SOURCE_DELAY = ${delay}`,
  },
  mariadb: {
    stop: 'STOP SLAVE',
    start: 'START SLAVE',
    follow: (port: number, delay: number) =>
      `CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = ${port}, MASTER_USER = '${account.user}',` +
      ` MASTER_PASSWORD = '${account.password}', MASTER_DELAY = ${delay}`,
  },
}

test.each(['mysql', 'mariadb'] as const)(
  'a replica of %s tells how far it is behind, and why it can not',
  async (engine) => {
    const [primary, copy] = await Promise.all([own(engine), own(engine)])
    const { stop, start, follow } = statements[engine]
    const on = (server: DedicatedServer, sql: string): Promise<unknown> => adminQuery(engine, server.url, sql)
    const replica = replicaAt(copy)
    expect(await replica.lag()).toEqual({ unreadable: 'it replicates from nowhere: name the replica itself' })

    await on(copy, 'SET GLOBAL server_id = 2')
    await on(copy, follow(primary.port, 0))
    await on(copy, start)
    await on(primary, 'CREATE DATABASE one')
    await until(replica, upToDate)

    await on(copy, stop)
    expect(await replica.lag()).toMatchObject({
      unreadable: expect.stringMatching(/receives: No, applies: No/),
    })
    await on(copy, follow(primary.port, 60))
    await on(copy, start)
    await on(primary, 'CREATE DATABASE two')
    await until(replica, behind)
  },
)

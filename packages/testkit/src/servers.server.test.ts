// The shared servers are what the tests of twinwrite rely on them to be.
import { describe, expect, it } from 'vitest'
import { adminQuery } from './admin-query.ts'
import { serverEngines } from './engine.ts'
import { server } from './servers.ts'
import { spawnWorker } from './worker.ts'

const expectedVersion = {
  postgres: /^PostgreSQL 1[5-9]/,
  mysql: /^(8\.4|9)\./,
  mariadb: /^1[0-2]\.\d+\.\d+-MariaDB/,
}

/** What capture, replication and benchmarks need of each engine. */
const settings = {
  postgres:
    "SELECT current_setting('wal_level') AS wal, current_setting('max_connections')::int >= 300 AS roomy",
  mysql:
    "SELECT @@binlog_format = 'ROW' AND @@log_bin = 1 AND @@binlog_row_image = 'FULL' AS wal, @@max_connections >= 300 AS roomy",
  mariadb:
    "SELECT @@binlog_format = 'ROW' AND @@log_bin = 1 AND @@binlog_row_image = 'FULL' AS wal, @@max_connections >= 300 AS roomy",
}

const durability = {
  postgres:
    "SELECT current_setting('fsync') = 'on' AND current_setting('synchronous_commit') = 'on' AS durable",
  mysql: 'SELECT @@innodb_flush_log_at_trx_commit = 1 AND @@sync_binlog = 1 AS durable',
  mariadb: 'SELECT @@innodb_flush_log_at_trx_commit = 1 AND @@sync_binlog = 1 AS durable',
}

describe.each(serverEngines)('shared %s server', (engine) => {
  it('is a real server of a supported version', async () => {
    const { url } = await server(engine)
    const [row] = await adminQuery(engine, url, 'SELECT version() AS version')
    expect(String(row?.['version'])).toMatch(expectedVersion[engine])
  })

  it('logs rows for logical replication and admits many connections', async () => {
    const { url } = await server(engine)
    const [row] = await adminQuery(engine, url, settings[engine])
    expect(row?.['wal']).toBe(engine === 'postgres' ? 'logical' : 1)
    expect(Boolean(row?.['roomy'])).toBe(true)
  })

  it('commits durably exactly when it says so', async () => {
    const { url, durable = true } = await server(engine)
    const [row] = await adminQuery(engine, url, durability[engine])
    expect(Boolean(row?.['durable'])).toBe(durable)
  })

  it('is one and the same for every process that asks', async () => {
    const worker = spawnWorker<string>(new URL('ask-server.worker.ts', import.meta.url), [engine])
    expect(await worker.receive()).toBe((await server(engine)).url)
    expect((await worker.exit).code).toBe(0)
  })
})

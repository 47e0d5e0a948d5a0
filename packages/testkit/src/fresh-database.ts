// An empty database per test, on the shared servers or in a temporary file: tests never see each other's rows.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { adminQuery } from './admin-query.ts'
import type { Engine, ServerEngine } from './engine.ts'
import { server } from './servers.ts'
import { killSession, otherSessions } from './session.ts'

/** What `pg`, `mysql2` and Knex take as `connection`. */
export interface ServerConnection {
  host: string
  port: number
  user: string
  password: string
  database: string
}

export interface FileConnection {
  filename: string
}

export interface FreshDatabase<C = ServerConnection | FileConnection> {
  engine: Engine
  /** Address with the database's name in it; `sqlite:` and the path for a file. */
  url: string
  connection: C
  /** Removes it, ending the sessions that still use it. */
  drop(): Promise<void>
}

function onUrl(url: string, database: string): { url: string; connection: ServerConnection } {
  const address = new URL(url)
  address.pathname = `/${database}`
  return {
    url: address.href,
    connection: {
      host: address.hostname,
      port: Number(address.port || (address.protocol === 'mysql:' ? 3306 : 5432)),
      user: decodeURIComponent(address.username),
      password: decodeURIComponent(address.password),
      database,
    },
  }
}

const dropStatement: Record<ServerEngine, (name: string) => string> = {
  postgres: (name) => `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`,
  mysql: (name) => `DROP DATABASE IF EXISTS ${name}`,
  mariadb: (name) => `DROP DATABASE IF EXISTS ${name}`,
}

/** A session in an open transaction would make DROP DATABASE wait for it. */
async function endSessions(engine: 'mysql' | 'mariadb', url: string, name: string): Promise<void> {
  for (const id of await otherSessions(engine, url, name)) {
    await killSession(engine, id, { url }).catch(() => {}) // ended by itself meanwhile
  }
}

async function onServer(engine: ServerEngine, url: string): Promise<FreshDatabase<ServerConnection>> {
  const name = `tw_${process.pid}_${randomBytes(5).toString('hex')}`
  await adminQuery(engine, url, `CREATE DATABASE ${name}`)
  return {
    engine,
    ...onUrl(url, name),
    drop: async () => {
      if (engine !== 'postgres') await endSessions(engine, url, name)
      await adminQuery(engine, url, dropStatement[engine](name))
    },
  }
}

async function inFile(): Promise<FreshDatabase<FileConnection>> {
  const folder = mkdtempSync(join(tmpdir(), 'twinwrite-sqlite-'))
  const filename = join(folder, 'test.db')
  return {
    engine: 'sqlite',
    url: `sqlite:${filename}`,
    connection: { filename },
    drop: async () => rmSync(folder, { recursive: true, force: true }),
  }
}

/**
 * A new empty database with a name of its own.
 * `on`: the address of another server than the shared one (a dedicated server, or one behind a fault proxy).
 */
export function freshDatabase(engine: 'sqlite'): Promise<FreshDatabase<FileConnection>>
export function freshDatabase(
  engine: ServerEngine,
  on?: { url: string },
): Promise<FreshDatabase<ServerConnection>>
export function freshDatabase(engine: Engine, on?: { url: string }): Promise<FreshDatabase>
export async function freshDatabase(engine: Engine, on?: { url: string }): Promise<FreshDatabase> {
  if (engine === 'sqlite') return inFile()
  return onServer(engine, on?.url ?? (await server(engine)).url)
}

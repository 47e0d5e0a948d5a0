// How twinwrite's own connections reach the databases that the app's data sources are configured for.

import type { ConnectionSpec, Side } from '@twinwrite/core'
import type { DataSourceOptions } from 'typeorm'
import { dialectOf } from './dialect.ts'
import { invalid } from './options.ts'

/** Of a server, as TypeORM's options and those of `replication.master` name them. */
interface ServerSettings {
  readonly url?: string
  readonly host?: string
  readonly port?: number
  readonly username?: string
  readonly password?: unknown
  readonly database?: string
  readonly ssl?: unknown
  readonly socketPath?: string
  readonly extra?: Readonly<Record<string, unknown>>
  readonly replication?: { readonly master: ServerSettings }
}

/** @param given the option `ownConnections` for this side @throws TwinwriteError `TW_CONFIG_INVALID` */
export function connectionSpec(options: DataSourceOptions, side: Side, given: unknown): ConnectionSpec {
  // The server is asked whether it is MariaDB; until then the options tell.
  const dialect = dialectOf(options)
  const engine = options.type === 'mariadb' ? 'mariadb' : dialect
  if (given !== undefined) return { engine, connection: given }
  if (dialect === 'sqlite') return { engine, connection: { filename: fileOf(options, side) } }
  return { engine, connection: serverSettings(options as ServerSettings, dialect) }
}

function serverSettings(options: ServerSettings, dialect: 'postgres' | 'mysql'): unknown {
  const { url, host, port, username, password, database, socketPath } = options.replication?.master ?? options
  const { ssl, extra } = options
  const address = { host, port, user: username, password, database, ssl, socketPath, ...extra }
  const settings = Object.fromEntries(Object.entries(address).filter(([, value]) => value !== undefined))
  if (url === undefined) return settings
  return dialect === 'postgres' ? { ...settings, connectionString: url } : { ...settings, ...partsOf(url) }
}

/** TypeORM itself reads the URL for mysql2, and what it tells wins. */
function partsOf(url: string): Record<string, unknown> {
  const { hostname, port, username, password, pathname } = new URL(url)
  const parts = {
    host: hostname,
    port: port === '' ? undefined : Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: pathname.slice(1) || undefined,
  }
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined))
}

function fileOf(options: DataSourceOptions, side: Side): string {
  const { database } = options
  if (typeof database === 'string' && database !== '' && database !== ':memory:') return database
  throw invalid(
    `the ${side} is an SQLite database in memory, which a second connection can't see`,
    'Use a file.',
  )
}

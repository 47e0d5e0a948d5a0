// Where a scratch side is, told by how its address differs from the real one: such a place holds no password, so that it may be handed to
// another process, which reads the configuration by itself.

import type { ConnectionSpec } from '@twinwrite/core'

export interface Place {
  /** Database (SQLite: file) in place of the one that is configured; null: that one. */
  readonly database: string | null
  /** Port of this machine through which the server is reached; null: straight. */
  readonly port: number | null
}

/** @param spec of the real side, or of the scratch one that the operator has named */
export function placed({ engine, connection }: ConnectionSpec, place: Place): ConnectionSpec {
  if (typeof connection !== 'function') return { engine, connection: moved(engine, connection, place) }
  const ask = connection as () => unknown
  return { engine, connection: async () => moved(engine, await ask(), place) }
}

function moved(engine: ConnectionSpec['engine'], settings: unknown, { database, port }: Place): unknown {
  if (engine === 'sqlite') return fileSettings(settings, database)
  if (typeof settings === 'string') return movedUrl(settings, { database, port })
  if (typeof settings !== 'object' || settings === null) return settings
  const own = settings as Record<string, unknown>
  const url = typeof own['connectionString'] === 'string' ? 'connectionString' : 'uri'
  const { ssl } = own
  return {
    ...own,
    ...(database === null ? {} : { database }),
    ...(port === null ? {} : { host: '127.0.0.1', port, socketPath: undefined }),
    ...(typeof own[url] === 'string' ? { [url]: movedUrl(own[url], { database, port }) } : {}),
    // The certificate is the server's, whatever the way to it.
    ...(port === null || !isPlainObject(ssl) ? {} : { ssl: { servername: own['host'], ...ssl } }),
  }
}

function movedUrl(text: string, { database, port }: Place): string {
  const url = new URL(text)
  if (database !== null) url.pathname = `/${encodeURIComponent(database)}`
  if (port === null) return url.href
  // A socket file, in the words of PostgreSQL's URLs.
  url.searchParams.delete('host')
  url.hostname = '127.0.0.1'
  url.port = String(port)
  return url.href
}

function fileSettings(settings: unknown, file: string | null): unknown {
  const given =
    typeof settings === 'string'
      ? { filename: settings.replace(/^sqlite:(\/\/)?/, '') }
      : (settings as { filename: string })
  return file === null ? given : { ...given, filename: file }
}

/** What a proxy connects to. */
export type Address = { readonly host: string; readonly port: number } | { readonly path: string }

const ports = { postgres: 5432, mysql: 3306, mariadb: 3306, sqlite: 0 } as const

export async function addressOf({ engine, connection }: ConnectionSpec): Promise<Address> {
  const settings: unknown =
    typeof connection === 'function' ? await (connection as () => unknown)() : connection
  const own = typeof settings === 'string' ? ofUrl(settings) : (settings as Record<string, unknown>)
  const inside = own['connectionString'] ?? own['uri']
  const { host, port, socketPath } = { ...(typeof inside === 'string' ? ofUrl(inside) : {}), ...given(own) }
  if (typeof socketPath === 'string') return { path: socketPath }
  const number = Number(port ?? (engine === 'postgres' ? process.env['PGPORT'] : undefined) ?? ports[engine])
  const name = String(host ?? (engine === 'postgres' ? process.env['PGHOST'] : undefined) ?? '127.0.0.1')
  return name.startsWith('/') ? { path: `${name}/.s.PGSQL.${number}` } : { host: name, port: number }
}

function ofUrl(text: string): Record<string, unknown> {
  const url = new URL(text)
  const host = url.searchParams.get('host') ?? url.hostname
  return given({ host: decodeURIComponent(host), port: url.searchParams.get('port') ?? url.port })
}

function given(settings: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== undefined && value !== ''),
  )
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

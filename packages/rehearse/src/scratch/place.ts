// Where a scratch side is, told by how its address differs from the real one: such a place holds no password, so that it may be handed to
// another process, which reads the configuration by itself.

import { Socket } from 'node:net'
import type { ConnectionSpec, EngineName } from '@twinwrite/core'

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

function moved(engine: EngineName, settings: unknown, { database, port }: Place): unknown {
  if (engine === 'sqlite') return fileSettings(settings, database)
  const url = engine === 'postgres' ? 'connectionString' : 'uri'
  const way = port === null ? {} : { stream: () => wayTo(port, engine) }
  if (typeof settings === 'string') {
    const text = inDatabase(settings, database)
    return port === null ? text : { [url]: text, ...way }
  }
  if (typeof settings !== 'object' || settings === null) return settings
  const own = settings as Record<string, unknown>
  return {
    ...own,
    ...(database === null ? {} : { database }),
    ...(typeof own[url] === 'string' ? { [url]: inDatabase(own[url], database) } : {}),
    ...way,
  }
}

function inDatabase(text: string, database: string | null): string {
  if (database === null) return text
  const url = new URL(text)
  url.pathname = `/${encodeURIComponent(database)}`
  return url.href
}

/** The settings keep the server's name, which its certificate is for. node-postgres connects the socket itself, mysql2 does not. */
function wayTo(port: number, engine: EngineName): Socket {
  const socket = new Socket().setNoDelay(true)
  const connect = socket.connect.bind(socket) as (port: number, host: string) => Socket
  const there = (): Socket => connect(port, '127.0.0.1')
  return engine === 'postgres' ? Object.assign(socket, { connect: there }) : there()
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
  const url = typeof inside === 'string' ? ofUrl(inside) : {}
  // Each driver has its own opinion about which of both counts.
  const { host, port, socketPath } =
    engine === 'postgres' ? { ...given(own), ...url } : { ...url, ...given(own) }
  if (typeof socketPath === 'string') return { path: socketPath }
  const number = Number(port ?? (engine === 'postgres' ? process.env['PGPORT'] : undefined) ?? ports[engine])
  const name = String(host ?? (engine === 'postgres' ? process.env['PGHOST'] : undefined) ?? '127.0.0.1')
  return name.startsWith('/') ? { path: `${name}/.s.PGSQL.${number}` } : { host: name, port: number }
}

function ofUrl(text: string): Record<string, unknown> {
  const url = new URL(text)
  const host = url.searchParams.get('host') ?? url.hostname
  const bare = decodeURIComponent(host).replace(/^\[(.+)\]$/, '$1')
  return given({ host: bare, port: url.searchParams.get('port') ?? url.port })
}

function given(settings: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== undefined && value !== ''),
  )
}

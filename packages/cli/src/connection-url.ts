// Connection URLs: which engine they mean, and what of them may be shown.

import type { ConnectionSpec, EngineName } from '@twinwrite/core'

const engineOf: Readonly<Record<string, EngineName>> = {
  postgres: 'postgres',
  postgresql: 'postgres',
  mysql: 'mysql',
  mariadb: 'mysql',
  sqlite: 'sqlite',
  file: 'sqlite',
}

/** @returns null for a URL of something else */
export function specOf(url: string): ConnectionSpec | null {
  const scheme = /^([a-z]+):/i.exec(url)?.[1]?.toLowerCase()
  const engine = scheme === undefined ? undefined : engineOf[scheme]
  if (engine === undefined) return null
  return { engine, connection: engine === 'sqlite' ? fileOf(url) : url.replace(/^mariadb:/i, 'mysql:') }
}

/** `file:shop.db`, `file:///var/shop.db`, `sqlite:///var/shop.db`; what stands after `?` is for other tools. */
function fileOf(url: string): string {
  return decodeURIComponent(url.replace(/^[a-z]+:(\/\/)?/i, '').replace(/\?.*$/, ''))
}

/** Where a side is, without a password or any other setting that may be a secret. */
export function shownSpec({ engine, connection }: ConnectionSpec): string {
  const place = placeOf(connection)
  return place === '' ? engine : `${engine} ${place}`
}

function placeOf(connection: unknown): string {
  if (typeof connection === 'string') {
    if (!/^[a-z]+:\/\//i.test(connection)) return connection
    try {
      const { hostname, port, pathname } = new URL(connection)
      return `${hostname}${port === '' ? '' : `:${port}`}${pathname}`
    } catch {
      return ''
    }
  }
  if (typeof connection !== 'object' || connection === null) return ''
  const { host, port, database, filename, connectionString, uri } = connection as Record<string, unknown>
  const url = connectionString ?? uri
  if (typeof url === 'string') return placeOf(url)
  const server = [host, port].filter((part) => part !== undefined).join(':')
  return [server, database ?? filename].filter((part) => part !== undefined && part !== '').join('/')
}

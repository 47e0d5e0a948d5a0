// What of a connection may be shown: where it leads, never how one is let in.

import type { ConnectionSpec } from './adapter.ts'

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

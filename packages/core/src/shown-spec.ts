// What of a connection may be shown: where it leads, never how one is let in.

import type { ConnectionSpec } from './adapter.ts'

/** Where a side is, without a password or any other setting that may be a secret. */
export function shownSpec({ engine, connection }: ConnectionSpec): string {
  const place = engine === 'sqlite' ? fileOf(connection) : placeOf(connection)
  return place === '' ? engine : `${engine} ${place}`
}

function placeOf(connection: unknown): string {
  if (typeof connection === 'string') {
    try {
      const { hostname, port, pathname } = new URL(connection)
      // Where the slashes are left out, the password stands in the path.
      return /^(\/|$)/.test(pathname) ? `${hostname}${port === '' ? '' : `:${port}`}${pathname}` : ''
    } catch {
      return ''
    }
  }
  if (typeof connection !== 'object' || connection === null) return ''
  const { host, port, database, connectionString, uri } = connection as Record<string, unknown>
  const url = connectionString ?? uri
  if (typeof url === 'string') return placeOf(url)
  const server = [host, port].filter((part) => part !== undefined).join(':')
  return [server, database].filter((part) => part !== undefined && part !== '').join('/')
}

/** What stands behind `?` are settings. */
function fileOf(connection: unknown): string {
  const { filename } = (typeof connection === 'string' ? { filename: connection } : (connection ?? {})) as {
    filename?: unknown
  }
  return typeof filename === 'string' ? filename.replace(/\?.*$/s, '') : ''
}

// Connection URLs: which engine they mean.

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

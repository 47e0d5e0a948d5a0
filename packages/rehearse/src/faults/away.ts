// A target that is away: behind a cut proxy, or (a file of SQLite) locked by somebody else.

import type { ConnectionSpec } from '@twinwrite/core'
import knex from 'knex'
import { clientConfig } from '../plain-client.ts'
import type { Proxy } from './proxy.ts'

export interface Away {
  /** @returns what ends it */
  begin(): Promise<() => Promise<void>>
}

export function behind(proxy: Proxy): Away {
  return {
    begin: async () => {
      await proxy.close()
      return () => proxy.open()
    },
  }
}

export function locked(file: ConnectionSpec): Away {
  return {
    begin: async () => {
      const db = knex(clientConfig(file, 1))
      await db.raw('PRAGMA busy_timeout = 10000')
      await db.raw('BEGIN IMMEDIATE')
      return async () => {
        await db.raw('ROLLBACK')
        await db.destroy()
      }
    },
  }
}

// SQLite: a file has no replicas.

import type { LagReader } from '../sql-replica.ts'

export const lagReader = (): LagReader => () => Promise.resolve({ unreadable: 'SQLite has no read replicas' })

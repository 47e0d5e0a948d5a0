// What may be asked of a rehearsal.

import type { BackfillOptions } from '@twinwrite/backfill'
import type { GateLimits } from '@twinwrite/control'
import type { ConnectionSpec, Side } from '@twinwrite/core'
import type { FoundBy } from './fleet/job.ts'

export interface RehearseOptions {
  /** How the processes of the rehearsal get the migration. */
  readonly foundBy: FoundBy
  /** Databases to rehearse in, empty of the mapped tables; where left out, one is made on the server of that side and dropped again. */
  readonly scratch?: Partial<Record<Side, ConnectionSpec>>
  /** Most rows of each table to copy. Default 2000. */
  readonly rows?: number
  /** Writing processes. Default 4. */
  readonly processes?: number
  /** Write operations per second of all of them. Default 100. */
  readonly rate?: number
  /** Milliseconds of traffic between two steps. Default 2000. */
  readonly restMs?: number
  /** Milliseconds for which the secondary is away; 0: never. Default 5000. */
  readonly outageMs?: number
  /** Whether a writer, and controllers in the midst of a switch, are killed. Default true. */
  readonly kills?: boolean
  /** Statements of the application's own: the text of a file, or those that the source's server has counted. */
  readonly statements?: { readonly text: string } | 'server'
  /** Pace of the backfill. */
  readonly backfill?: Pick<BackfillOptions, 'parallel' | 'chunkMs' | 'rowsPerSecond'>
  readonly gates?: GateLimits
  /** Ends the rehearsal; the scratch databases are dropped. */
  readonly signal?: AbortSignal
  /** Told of each step. */
  readonly say?: (line: string) => void
  /** Asked before databases are dropped that an earlier rehearsal has left behind. Default: they are kept, and nothing is rehearsed. */
  readonly replace?: (databases: readonly string[]) => Promise<boolean>
}

export const defaults = {
  rows: 2000,
  processes: 4,
  rate: 100,
  restMs: 2000,
  outageMs: 5000,
} as const

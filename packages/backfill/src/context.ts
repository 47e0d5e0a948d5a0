// What all parts of one run share.

import type {
  AdaptiveSize,
  Brake,
  Bulk,
  Direction,
  FillGuard,
  KeyRange,
  LoadOptions,
  RunningMigration,
  SideRows,
  Throttle,
} from '@twinwrite/core'
import type { Clashes } from './clashes.ts'
import type { Notes } from './notes.ts'
import type { BackfillOptions } from './options.ts'
import type { Progress } from './progress.ts'

export interface RunContext {
  readonly migration: RunningMigration
  readonly direction: Direction
  readonly options: BackfillOptions
  readonly load: LoadOptions
  /** Whole tables: the primary's, and those that are filled. */
  readonly from: Bulk
  readonly to: Bulk
  /** The primary's rows by the time at which they were written, where that is asked. */
  readonly written: SideRows | null
  readonly notes: Notes
  /** Of the read replicas, among all brakes of `throttle`. */
  readonly replicas: readonly Brake[]
  /** By what the side is that is filled: while it is loading, no lag of the journal is waited for. */
  readonly throttle: Readonly<Record<FillGuard['role'], Throttle>>
  /** Of chunks by what the side is, of chunks that go row by row, and of pages of keys. */
  readonly size: Readonly<Record<FillGuard['role'] | 'rows' | 'keys', AdaptiveSize>>
  readonly clashes: Clashes
  readonly progress: Progress
  readonly signal: AbortSignal
  /** Chunks that may be under way now; 0 while paused. */
  parallel(): number
  /** Ends all connections of the run's own. */
  close(): Promise<void>
}

/** A range of the primary's table, of the rows that are wanted. */
export function rangeOf({ options }: RunContext, table: string, bounds: KeyRange): KeyRange {
  const where = options.where?.[table]
  return where === undefined ? bounds : { ...bounds, where }
}

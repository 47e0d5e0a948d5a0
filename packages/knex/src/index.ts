// Public names of the Knex adapter.

export { doubleWrite, twinwrite } from './double-write.ts'
export type { BaseClient, DoubleWriteOptions } from './options.ts'
export { perSide } from './per-side.ts'
export {
  type MigrationConfig,
  type MigrationOptions,
  type RunningMigration,
  type Status,
  TwinwriteError,
} from '@twinwrite/core'

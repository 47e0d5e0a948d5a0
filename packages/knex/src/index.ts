// Public names of the Knex adapter.

export { doubleWrite, twinwrite } from './double-write.ts'
export type { BaseClient, DoubleWriteOptions } from './options.ts'
export {
  type MigrationConfig,
  type MigrationOptions,
  perSide,
  type RunningMigration,
  type Status,
  TwinwriteError,
} from '@twinwrite/core'

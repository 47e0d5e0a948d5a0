// Public names of the TypeORM adapter.

export { doubleWrite, twinwrite } from './double-write.ts'
export type { DoubleWriteOptions } from './options.ts'
export {
  type MigrationConfig,
  type MigrationOptions,
  perSide,
  type RunningMigration,
  type Status,
  TwinwriteError,
} from '@twinwrite/core'

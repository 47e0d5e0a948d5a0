// Public names of the Prisma adapter.

export { doubleWrite } from './double-write.ts'
export type { DoubleWriteOptions, ModelTables } from './options.ts'
export { perSide } from './per-side.ts'
export {
  type MigrationConfig,
  type MigrationOptions,
  type RunningMigration,
  type Status,
  TwinwriteError,
} from '@twinwrite/core'

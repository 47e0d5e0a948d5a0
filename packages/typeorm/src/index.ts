// Public names of the TypeORM adapter.

export {
  type MigrationConfig,
  type MigrationOptions,
  type RunningMigration,
  type Status,
  TwinwriteError,
} from '@twinwrite/core'

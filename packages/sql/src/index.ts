export {
  defaultNaming,
  detectEngine,
  engines,
  type BulkOptions,
  openBulk,
  openStore,
  sqlDialect,
  type StoreOptions,
} from './engines.ts'
export { defineMigration } from './define-migration.ts'

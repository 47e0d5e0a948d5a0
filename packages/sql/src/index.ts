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
export type { Finding } from './finding.ts'
export { inspect } from './inspect.ts'
export { listTables } from './list-tables.ts'
export { proposeTable, type TableNaming, type TableProposal } from './propose-table.ts'
export { defineMigration } from './define-migration.ts'

export { defaultNaming, detectEngine, engines, openStore, sqlDialect, type StoreOptions } from './engines.ts'
export { defineMigration } from './define-migration.ts'

export { defineConfig, type MigrationEntry, type TwinwriteConfig } from './config.ts'
export type { BackfillSettings, VerifySettings } from './settings.ts'
export type { SideConfig } from './side-config.ts'

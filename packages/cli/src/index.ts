export { defineConfig, type MigrationEntry, type SideConfig, type TwinwriteConfig } from './config.ts'

// Read by the processes of a rehearsal: the configuration as this command has read it, out of the same file.

import { pickMigration, type ResolvedEntry } from './config.ts'
import { loadMigrations } from './load-config.ts'

export interface Rehearsed {
  readonly cwd: string
  readonly config: string | undefined
  readonly migration: string
}

export async function rehearsed({ cwd, config, migration }: Rehearsed): Promise<ResolvedEntry> {
  return pickMigration(await loadMigrations(cwd, config), migration)
}

// A migration as its user defines it once, for every process that takes part.

import type { ConnectionSpec } from '../adapter.ts'
import { systemClock } from '../clock.ts'
import type { Engines } from '../engines.ts'
import { type MigrationConfig, type Migration, parseMigration } from '../mapping/config.ts'
import type { Side } from '../stage.ts'
import { neighbourhood } from './neighbours.ts'
import { RunningMigration } from './running-migration.ts'

/** A checked configuration together with the engines that can carry it out. Made by `defineMigration` of @twinwrite/sql. */
export class MigrationDefinition {
  readonly migration: Migration
  readonly #engines: Engines

  /** @throws TwinwriteError `TW_CONFIG_INVALID` that names every wrong option */
  constructor(config: MigrationConfig, engines: Engines) {
    this.migration = parseMigration(config)
    this.#engines = engines
  }

  /**
   * Takes part in the migration. Returns at once: sides that do not answer yet are tried again in the background.
   * @param orm through what the process writes, for those who look at the fleet
   */
  start(sides: Record<Side, ConnectionSpec>, orm = 'none'): RunningMigration {
    return new RunningMigration(this.migration, this.#engines, sides, systemClock, {
      orm,
      among: neighbourhood,
    })
  }

  /** For commands and jobs: looks and acts only when asked, and is none of the fleet's processes. */
  operate(sides: Record<Side, ConnectionSpec>): RunningMigration {
    return new RunningMigration(this.migration, this.#engines, sides, systemClock, 'operator')
  }
}

// Where a user begins: the configuration of a migration together with the engines that can carry it out.

import { type MigrationConfig, MigrationDefinition } from '@twinwrite/core'
import { engines } from './engines.ts'

/**
 * Describes a migration once, for every process that takes part and for every adapter.
 * @throws TwinwriteError `TW_CONFIG_INVALID` that names every wrong option by its path and says how to mend it
 * @example
 * const shop = defineMigration({
 *   name: 'shop',
 *   tables: { customers: true, orders: { target: 'purchases', columns: { total: 'amount' } } },
 * })
 */
export function defineMigration(config: MigrationConfig): MigrationDefinition {
  return new MigrationDefinition(config, engines)
}

// What `doubleWrite` takes, checked at once: a wrong option is an error at the start, never at the first query.

import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import { type MigrationConfig, type MigrationDefinition, TwinwriteError } from '@twinwrite/core'

/** The tables of all models, with the names that `@map` and `@@map` give them in the two schemas. */
export type ModelTables = MigrationConfig['tables']

export interface DoubleWriteOptions {
  /**
   * Where the tables move: a PrismaClient of the target's schema, whose models and fields have the names of the source's, or
   * a driver adapter where the target is of the same engine and has the same tables. A client stays as it is: queries
   * on it directly are not captured.
   */
  readonly target: object
  /**
   * The migration, made by `defineMigration` of @twinwrite/sql, or a function that makes it of the tables which the two schemas
   * tell.
   * @example migration: (tables) => defineMigration({ name: 'shop', tables })
   */
  readonly migration: MigrationDefinition | ((tables: ModelTables) => MigrationDefinition)
  /**
   * How twinwrite's own connections reach a side: the driver's settings or URL. Needed for MySQL and MariaDB, whose adapter keeps its
   * settings to itself.
   */
  readonly ownConnections?: { readonly source?: unknown; readonly target?: unknown }
}

const known = new Set(['target', 'migration', 'ownConnections'])

/** @throws TwinwriteError `TW_CONFIG_INVALID` that names the option */
export function checkOptions(options: unknown): asserts options is DoubleWriteOptions {
  if (typeof options !== 'object' || options === null) {
    throw invalid(`doubleWrite() takes { target, migration }, not ${show(options)}`)
  }
  for (const name of Object.keys(options)) {
    if (!known.has(name))
      throw invalid(`"${name}" is no option of doubleWrite(); known: ${[...known].join(', ')}`)
  }
  const { target, migration, ownConnections } = options as Partial<DoubleWriteOptions>
  if (typeof target !== 'object' || target === null) {
    throw invalid(`option target is ${show(target)}; expected a PrismaClient or a driver adapter`)
  }
  if (typeof migration !== 'function' && !isDefinition(migration)) {
    throw invalid(
      `option migration is ${show(migration)}; expected what defineMigration() of @twinwrite/sql gives, or (tables) => defineMigration({ name, tables })`,
    )
  }
  if (ownConnections !== undefined && (typeof ownConnections !== 'object' || ownConnections === null)) {
    throw invalid(`option ownConnections is ${show(ownConnections)}; expected { source?, target? }`)
  }
}

export function isDefinition(value: unknown): value is MigrationDefinition {
  return typeof value === 'object' && value !== null && 'start' in value && typeof value.start === 'function'
}

export function isFactory(target: object): target is SqlDriverAdapterFactory {
  return 'connect' in target && typeof target.connect === 'function' && 'adapterName' in target
}

export function invalid(message: string, hint?: string): TwinwriteError {
  return new TwinwriteError('TW_CONFIG_INVALID', message, hint === undefined ? {} : { hint })
}

function show(value: unknown): string {
  if (typeof value === 'function') return `a function ${value.name}`.trim()
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object'
  return value === undefined ? 'missing' : JSON.stringify(value)
}

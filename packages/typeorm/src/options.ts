// What `doubleWrite` takes, checked at once: a wrong option is an error at the start, never at the first statement.

import { type MigrationDefinition, TwinwriteError } from '@twinwrite/core'
import type { DataSource, DataSourceOptions } from 'typeorm'
import { dialectOf } from './dialect.ts'

export interface DoubleWriteOptions {
  /** The migration, made by `defineMigration` of @twinwrite/sql. */
  readonly migration: MigrationDefinition
  /**
   * Where the tables move: options of a DataSource, or a DataSource, of which only the options are taken (an instance of the
   * app's own stays as it is: statements sent on it directly are not captured).
   *
   * `entities` are those of the source under the names that they have in the target, for instance `EntitySchema`s with the
   * same `target` classes. Left out: the source's own, with the table and column names that the migration tells.
   */
  readonly target: DataSource | DataSourceOptions
  /** How twinwrite's own connections reach a side whose options don't tell it: the driver's settings or URL. */
  readonly ownConnections?: { readonly source?: unknown; readonly target?: unknown }
}

const known = new Set(['migration', 'target', 'ownConnections'])

/** @throws TwinwriteError `TW_CONFIG_INVALID` that names the option, `TW_ENGINE_UNSUPPORTED` */
export function checkOptions(options: unknown): asserts options is DoubleWriteOptions {
  if (typeof options !== 'object' || options === null) {
    throw invalid(
      `doubleWrite() takes (options or data source, { target, migration }), its second argument is ${show(options)}`,
    )
  }
  for (const name of Object.keys(options)) {
    if (!known.has(name))
      throw invalid(`"${name}" is no option of doubleWrite(); known: ${[...known].join(', ')}`)
  }
  const { migration, target, ownConnections } = options as Partial<DoubleWriteOptions>
  if (typeof migration !== 'object' || migration === null || typeof migration.start !== 'function') {
    throw invalid(
      `option migration is ${show(migration)}; expected what defineMigration() of @twinwrite/sql gives`,
    )
  }
  if (!isDataSource(target) && !isOptions(target)) {
    throw invalid(`option target is ${show(target)}; expected a DataSource or its options { type, ... }`)
  }
  dialectOf(targetOptions(target))
  if (ownConnections !== undefined && (typeof ownConnections !== 'object' || ownConnections === null)) {
    throw invalid(`option ownConnections is ${show(ownConnections)}; expected { source?, target? }`)
  }
}

export function targetOptions(target: DataSource | DataSourceOptions): DataSourceOptions {
  return isDataSource(target) ? target.options : target
}

export function isDataSource(value: unknown): value is DataSource {
  return typeof value === 'object' && value !== null && 'createQueryRunner' in value && 'options' in value
}

export function isOptions(value: unknown): value is DataSourceOptions {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}

export function invalid(message: string, hint?: string): TwinwriteError {
  return new TwinwriteError('TW_CONFIG_INVALID', message, hint === undefined ? {} : { hint })
}

function show(value: unknown): string {
  if (typeof value === 'function') return `a function ${value.name}`.trim()
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object'
  return value === undefined ? 'missing' : JSON.stringify(value)
}

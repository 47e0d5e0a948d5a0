// What `doubleWrite` takes, checked at once: a wrong option is an error at the start, never at the first statement.

import { type MigrationDefinition, TwinwriteError } from '@twinwrite/core'
import knex, { type Knex } from 'knex'
import { type DialectName, dialectOf } from './carry/dialect.ts'
import type { Client, ClientClass } from './knex-internals.ts'

/** Knex's name of a client, or a client class of the app's own that extends one of them. */
export type BaseClient = string | typeof Knex.Client

export interface DoubleWriteOptions {
  /** The migration, made by `defineMigration` of @twinwrite/sql. */
  readonly migration: MigrationDefinition
  /**
   * Where the tables move: a Knex config, for which an instance is made and destroyed with the source's, or an instance of the
   * app's own. An instance stays as it is: statements sent on it directly are not captured.
   */
  readonly target: Knex | Knex.Config
  /**
   * How twinwrite's own connections reach a side whose Knex config has a `connectionPool` instead of a `connection`: the
   * driver's settings or URL.
   */
  readonly ownConnections?: { readonly source?: unknown; readonly target?: unknown }
}

/** Class and dialect of a client by its name or class. @throws TwinwriteError `TW_ENGINE_UNSUPPORTED` */
export function clientClass(base: unknown): { readonly Class: ClientClass; readonly dialect: DialectName } {
  const Class = typeof base === 'function' ? (base as ClientClass) : classNamed(base)
  const { driverName } = Class.prototype as Client
  const dialect = dialectOf(driverName)
  if (dialect === undefined) {
    throw new TwinwriteError('TW_ENGINE_UNSUPPORTED', `doubleWrite() was given the client ${show(base)}`, {
      hint: "Use 'pg', 'mysql2', 'better-sqlite3', or a client class that extends one of theirs.",
    })
  }
  return { Class, dialect }
}

/** Without a connection Knex loads neither driver nor pool, so this is a look-up. */
function classNamed(name: unknown): ClientClass {
  try {
    if (typeof name === 'string') {
      const { client } = knex({ client: name, useNullAsDefault: true })
      return (client as object).constructor as ClientClass
    }
  } catch (cause) {
    throw unsupported(name, cause)
  }
  throw unsupported(name)
}

function unsupported(name: unknown, cause?: unknown): TwinwriteError {
  return new TwinwriteError('TW_ENGINE_UNSUPPORTED', `doubleWrite() was given the client ${show(name)}`, {
    hint: "Use 'pg', 'mysql2', 'better-sqlite3', or a client class that extends one of theirs.",
    cause,
  })
}

const known = new Set(['migration', 'target', 'ownConnections'])

/** @throws TwinwriteError `TW_CONFIG_INVALID` that names the option */
export function checkOptions(options: unknown): asserts options is DoubleWriteOptions {
  if (typeof options !== 'object' || options === null) {
    throw invalid(
      `doubleWrite() takes (client, { migration, target }), its second argument is ${show(options)}`,
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
  if (!isInstance(target) && !isConfig(target)) {
    throw invalid(
      `option target is ${show(target)}; expected a Knex instance or a Knex config { client, connection }`,
    )
  }
  if (ownConnections !== undefined && (typeof ownConnections !== 'object' || ownConnections === null)) {
    throw invalid(`option ownConnections is ${show(ownConnections)}; expected { source?, target? }`)
  }
}

export function isInstance(target: unknown): target is Knex {
  return typeof target === 'function' && 'client' in target
}

function isConfig(target: unknown): target is Knex.Config {
  if (typeof target !== 'object' || target === null) return false
  const { client } = target as Knex.Config
  return typeof client === 'string' || typeof client === 'function'
}

export function invalid(message: string, hint?: string): TwinwriteError {
  return new TwinwriteError('TW_CONFIG_INVALID', message, hint === undefined ? {} : { hint })
}

function show(value: unknown): string {
  if (typeof value === 'function') return `a function ${value.name}`.trim()
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object'
  return value === undefined ? 'missing' : JSON.stringify(value)
}

// How twinwrite's own connections reach the databases that the app's Knex clients are configured for.

import type { ConnectionSpec, Side } from '@twinwrite/core'
import type { DialectName } from './carry/dialect.ts'
import type { Client } from './knex-internals.ts'
import { invalid } from './options.ts'

/** @param given the option `ownConnections` for this side @throws TwinwriteError `TW_CONFIG_INVALID` */
export function connectionSpec(
  client: Client,
  dialect: DialectName,
  side: Side,
  given: unknown,
): ConnectionSpec {
  const settings: unknown = given ?? client.config.connection
  if (settings === undefined || settings === null) {
    throw invalid(
      `the Knex config of the ${side} has no \`connection\``,
      `Give one, or, with a connectionPool, say in \`ownConnections.${side}\` how to reach the database.`,
    )
  }
  if (dialect === 'sqlite') checkFile(settings, side)
  const search = dialect === 'postgres' ? searchPathOption(client) : null
  const connection =
    typeof settings === 'function'
      ? async (): Promise<unknown> => withOptions(await (settings as () => unknown)(), search)
      : withOptions(settings, search)
  return { engine: dialect, connection }
}

/** A copy with the password, which Knex hides from enumeration in the settings that it keeps. */
function withOptions(settings: unknown, search: string | null): unknown {
  if (typeof settings !== 'object' || settings === null) return settings
  const { expirationChecker: _mark, ...copy } = settings as Record<string, unknown>
  const { password } = settings as { password?: unknown }
  if (password !== undefined) copy['password'] = password
  if (search !== null) copy['options'] = [copy['options'], search].filter(Boolean).join(' ')
  return copy
}

/** Knex sets `searchPath` on each of its connections; ours must find the same tables. */
function searchPathOption({ config, searchPath }: Client): string | null {
  const path = searchPath ?? (config.searchPath as string | string[] | undefined)
  if (path === undefined || path.length === 0) return null
  const schemas = typeof path === 'string' ? [path] : path
  const list = schemas.map((schema) => `"${schema.replaceAll('"', '""')}"`).join(',')
  // Blanks and backslashes separate and escape here: https://www.postgresql.org/docs/15/libpq-connect.html
  return `-c search_path=${list.replaceAll(/[\\\s]/g, String.raw`\$&`)}`
}

function checkFile(settings: unknown, side: Side): void {
  const { filename } = settings as { filename?: unknown }
  if (filename === ':memory:' || filename === '') {
    throw invalid(
      `the ${side} is an SQLite database in memory, which a second connection can't see`,
      'Use a file.',
    )
  }
}

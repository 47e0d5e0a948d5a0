// How twinwrite's own connections reach the databases that the app's driver adapters are made for.

import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import type { ConnectionSpec, Side } from '@twinwrite/core'
import type { AdapterEngine } from './adapter-engine.ts'
import { invalid } from './options.ts'
import { settingsOf } from './prisma-internals.ts'
import type { TimeFormat } from './sqlite-times.ts'

/**
 * @param given the option `ownConnections` for this side
 * @param found is told how the adapter of an SQLite database writes times
 * @throws TwinwriteError `TW_CONFIG_INVALID`
 */
export function connectionSpec(
  factory: SqlDriverAdapterFactory,
  { name }: AdapterEngine,
  side: Side,
  given: unknown,
  found: (format: TimeFormat) => void,
): ConnectionSpec {
  if (name === 'sqlite') {
    const connection = async (): Promise<unknown> => {
      const { filename, timeFormat } = await fileOf(factory, side)
      found(timeFormat)
      return given ?? { filename }
    }
    return { engine: name, connection }
  }
  if (given !== undefined) return { engine: name, connection: asMysqlUrl(given) }
  const settings = name === 'postgres' ? settingsOf(factory) : undefined
  if (settings === undefined) {
    throw invalid(
      `${factory.adapterName} does not tell how to reach the ${side}, and option ownConnections.${side} is missing`,
      `Give the URL or the driver's settings: \`ownConnections: { ${side}: process.env.DATABASE_URL }\`.`,
    )
  }
  return { engine: name, connection: withPassword(settings) }
}

/** A copy with the password, which a pool hides from enumeration in its options. */
function withPassword(settings: object): object {
  const { password } = settings as { password?: unknown }
  return password === undefined ? { ...settings } : { ...settings, password }
}

/** Prisma's MariaDB adapter takes URLs of both schemes. */
function asMysqlUrl(given: unknown): unknown {
  return typeof given === 'string' ? given.replace(/^mariadb:/, 'mysql:') : given
}

interface SqliteFile {
  readonly filename: string
  readonly timeFormat: TimeFormat
}

/** Asks the adapter: it keeps its settings to itself. */
async function fileOf(factory: SqlDriverAdapterFactory, side: Side): Promise<SqliteFile> {
  const adapter = await factory.connect()
  try {
    const { rows } = await adapter.queryRaw({
      sql: `SELECT file, typeof(?) FROM pragma_database_list WHERE name = 'main'`,
      args: [new Date(0)],
      argTypes: [{ scalarType: 'datetime', arity: 'scalar' }],
    })
    const [file, time] = rows[0] ?? []
    if (typeof file === 'string' && file !== '') {
      return { filename: file, timeFormat: time === 'text' ? 'iso8601' : 'unixepoch-ms' }
    }
  } finally {
    await adapter.dispose()
  }
  throw invalid(
    `the ${side} is an SQLite database in memory, which a second connection can't see`,
    'Use a file.',
  )
}

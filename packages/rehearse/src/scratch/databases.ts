// The scratch databases themselves: made on the server of the real side, with its character set and order of texts, and dropped again.
// Nothing is ever written into the real database.

import { createHash } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ConnectionSpec, type Side, TwinwriteError } from '@twinwrite/core'
import type { Knex } from 'knex'
import { oneValue, rowsOf, withClient } from '../plain-client.ts'
import { placed } from './place.ts'
import { presenceEnd } from './presence.ts'

/** Longest name of a database on any engine. */
const longestName = 63

/** Of two migrations never the same. */
export function scratchName(migration: string, side: Side): string {
  const own = migration.toLowerCase().replaceAll(/[^a-z0-9_]/g, '_')
  const [begin, end] = [`tw_rehearsal_${own}`, `_${side}`]
  if (own === migration && begin.length + end.length <= longestName) return begin + end
  const mark = `_${createHash('sha256').update(migration).digest('hex').slice(0, 8)}`
  return begin.slice(0, longestName - mark.length - end.length) + mark + end
}

/** Name of the database, or the file of SQLite. */
export function scratchDatabase({ engine }: ConnectionSpec, migration: string, side: Side): string {
  const name = scratchName(migration, side)
  return engine === 'sqlite' ? join(tmpdir(), `${name}.db`) : name
}

/** How one kind of server makes, finds and drops a database. */
interface Databases {
  exists(db: Knex, name: string): Promise<boolean>
  create(db: Knex, name: string): Promise<string>
  drop(name: string): string
  /** Before the drop: a session in a transaction makes it wait, but not for ever. */
  readonly impatience: string | null
  /** What an administrator runs, so that the user may make it. */
  grant(db: Knex, name: string): Promise<string>
  readonly denied: ReadonlySet<string>
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
const text = (value: string): string => `'${value.replaceAll("'", "''")}'`
const ticked = (name: string): string => `\`${name.replaceAll('`', '``')}\``

/** Who orders texts in a database of PostgreSQL; of the C library nothing more is said. */
const providers: Readonly<Record<string, string>> = {
  i: 'LOCALE_PROVIDER icu ICU_LOCALE',
  b: 'LOCALE_PROVIDER builtin BUILTIN_LOCALE',
}

const postgres: Databases = {
  exists: async (db, name) =>
    (await oneValue(db, 'SELECT 1 FROM pg_database WHERE datname = ?', [name])) !== null,
  async create(db, name) {
    // As a document, because newer servers call a column otherwise.
    const found = await oneValue(
      db,
      `SELECT (to_jsonb(d) || jsonb_build_object('encoding', pg_encoding_to_char(d.encoding)))::text
        FROM pg_database AS d WHERE datname = current_database()`,
    )
    const own = JSON.parse(found!) as Record<string, string | null>
    const provider = providers[own['datlocprovider'] ?? 'c']
    const locale = own['datlocale'] ?? own['daticulocale']
    const order = provider === undefined || !locale ? '' : ` ${provider} ${text(locale)}`
    return (
      `CREATE DATABASE ${quoted(name)} TEMPLATE template0 ENCODING ${text(own['encoding']!)}` +
      ` LC_COLLATE ${text(own['datcollate']!)} LC_CTYPE ${text(own['datctype']!)}${order}`
    )
  },
  drop: (name) => `DROP DATABASE IF EXISTS ${quoted(name)} WITH (FORCE)`,
  impatience: null,
  grant: async (db) => `ALTER ROLE ${quoted((await oneValue(db, 'SELECT current_user::text'))!)} CREATEDB`,
  denied: new Set(['42501']),
}

const mysql: Databases = {
  exists: async (db, name) =>
    (await oneValue(db, 'SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?', [name])) !== null,
  async create(db, name) {
    const [own] = await rowsOf(
      db,
      'SELECT @@character_set_database AS charset, @@collation_database AS collation',
    )
    const { charset, collation } = own as { charset: string; collation: string }
    return `CREATE DATABASE ${ticked(name)} CHARACTER SET ${charset} COLLATE ${collation}`
  },
  drop: (name) => `DROP DATABASE IF EXISTS ${ticked(name)}`,
  impatience: 'SET SESSION lock_wait_timeout = 2',
  async grant(db, name) {
    const user = (await oneValue(db, 'SELECT CURRENT_USER()'))!
    const at = user.lastIndexOf('@')
    return `GRANT ALL PRIVILEGES ON ${ticked(name)}.* TO ${ticked(user.slice(0, at))}@${ticked(user.slice(at + 1))}`
  },
  denied: new Set(['ER_DBACCESS_DENIED_ERROR', 'ER_ACCESS_DENIED_ERROR', 'ER_SPECIFIC_ACCESS_DENIED_ERROR']),
}

const servers = { postgres, mysql, mariadb: mysql } as const

/** Files beside a database file of SQLite, and that in which a running rehearsal is seen. */
const fileEnds = ['', '-journal', '-wal', '-shm', presenceEnd]

/** Whether one is there: left behind by a rehearsal that was killed. */
export async function scratchExists(real: ConnectionSpec, database: string): Promise<boolean> {
  if (real.engine === 'sqlite') return existsSync(database)
  const server = servers[real.engine]
  return withClient(real, (db) => server.exists(db, database))
}

/** The statement that makes it; null for a file, which the first connection makes. */
export async function createStatement(real: ConnectionSpec, database: string): Promise<string | null> {
  if (real.engine === 'sqlite') return null
  const server = servers[real.engine]
  return withClient(real, (db) => server.create(db, database))
}

/** @throws TwinwriteError `TW_SCRATCH_DENIED` that says the GRANT */
export async function createScratch(real: ConnectionSpec, side: Side, database: string): Promise<void> {
  if (real.engine === 'sqlite') return makeFile(real, database)
  const server = servers[real.engine]
  await withClient(real, async (db) => {
    try {
      await db.raw(await server.create(db, database))
    } catch (error) {
      if (!server.denied.has(String((error as { code?: unknown }).code))) {
        const message = error instanceof Error ? error.message : String(error)
        throw new TwinwriteError('TW_SCRATCH_UNFIT', `${database} can't be made on the ${side}: ${message}`, {
          cause: error,
        })
      }
      throw new TwinwriteError(
        'TW_SCRATCH_DENIED',
        `the user may not make the database ${database} on the ${side}`,
        {
          hint: `Let an administrator run ${await server.grant(db, database)}; or give databases of your own with --scratch-source URL and --scratch-target URL.`,
          cause: error,
        },
      )
    }
  })
}

/** With the journal of the real file, on which depends who waits for whom. */
async function makeFile(real: ConnectionSpec, file: string): Promise<void> {
  const own = placed(real, { database: null, port: null })
  const mode = await withClient(own, (db) => oneValue(db, 'PRAGMA journal_mode'))
  const scratch = placed(real, { database: file, port: null })
  await withClient(scratch, async (db) => {
    if (mode === 'wal') await db.raw('PRAGMA journal_mode = wal')
  })
}

/** Sessions of killed processes may hold it for a moment. */
const dropTries = 20

export async function dropScratch(real: ConnectionSpec, database: string): Promise<void> {
  if (real.engine === 'sqlite') {
    for (const end of fileEnds) rmSync(`${database}${end}`, { force: true })
    return
  }
  const { drop, impatience } = servers[real.engine]
  for (let tries = 1; ; tries++) {
    try {
      return await withClient(real, async (db) => {
        if (impatience !== null) await db.raw(impatience)
        await db.raw(drop(database))
      })
    } catch (error) {
      if (tries === dropTries) throw error
      await sleep(250)
    }
  }
}

// Database sessions as the server numbers them: whose is this connection, and end it from outside.
import { adminQuery } from './admin-query.ts'
import type { ServerEngine } from './engine.ts'
import { server } from './servers.ts'

interface SessionStatements {
  readonly own: string
  readonly kill: (id: number) => string
  readonly others: (database: string) => string
}

const statements: Record<ServerEngine, SessionStatements> = {
  postgres: {
    own: 'SELECT pg_backend_pid() AS id',
    kill: (id) => `SELECT pg_terminate_backend(${id}) AS ended`,
    others: (database) =>
      `SELECT pid AS id FROM pg_stat_activity WHERE datname = '${database}' AND pid <> pg_backend_pid()`,
  },
  mysql: {
    own: 'SELECT connection_id() AS id',
    kill: (id) => `KILL ${id}`,
    // information_schema.processlist fails (error 3854) while any session runs a text with binary values.
    others: (database) =>
      `SELECT processlist_id AS id FROM performance_schema.threads WHERE processlist_db = '${database}' AND processlist_id <> connection_id()`,
  },
  mariadb: {
    own: 'SELECT connection_id() AS id',
    kill: (id) => `KILL ${id}`,
    others: (database) =>
      `SELECT id AS id FROM information_schema.processlist WHERE db = '${database}' AND id <> connection_id()`,
  },
}

/** Numbers of the other sessions of a database. @param url of the server */
export async function otherSessions(engine: ServerEngine, url: string, database: string): Promise<number[]> {
  const rows = await adminQuery(engine, url, statements[engine].others(database))
  return rows.map((row) => Number(row['id']))
}

/** The statement that tells a session its own number, as `id`. */
export const sessionIdQuery = (engine: ServerEngine): string => statements[engine].own

/** Ends a session as an administrator or a failover would: its transaction is rolled back. Throws where there is none. */
export async function killSession(engine: ServerEngine, id: number, on?: { url: string }): Promise<void> {
  const url = on?.url ?? (await server(engine)).url
  const [answer] = await adminQuery(engine, url, statements[engine].kill(Math.trunc(id)))
  if (answer?.['ended'] === false) throw new Error(`${engine} has no session ${id}`)
}

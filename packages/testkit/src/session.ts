// Database sessions as the server numbers them: whose is this connection, and end it from outside.
import { adminQuery } from './admin-query.ts'
import type { ServerEngine } from './engine.ts'
import { server } from './servers.ts'

const statements: Record<ServerEngine, { own: string; kill: (id: number) => string }> = {
  postgres: {
    own: 'SELECT pg_backend_pid() AS id',
    kill: (id) => `SELECT pg_terminate_backend(${id}) AS ended`,
  },
  mysql: { own: 'SELECT connection_id() AS id', kill: (id) => `KILL ${id}` },
  mariadb: { own: 'SELECT connection_id() AS id', kill: (id) => `KILL ${id}` },
}

/** The statement that tells a session its own number, as `id`. */
export const sessionIdQuery = (engine: ServerEngine): string => statements[engine].own

/** Ends a session as an administrator or a failover would: its transaction is rolled back. Throws where there is none. */
export async function killSession(engine: ServerEngine, id: number, on?: { url: string }): Promise<void> {
  const url = on?.url ?? (await server(engine)).url
  const [answer] = await adminQuery(engine, url, statements[engine].kill(Math.trunc(id)))
  if (answer?.['ended'] === false) throw new Error(`${engine} has no session ${id}`)
}

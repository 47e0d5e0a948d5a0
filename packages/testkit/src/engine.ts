// The engines that tests run on. `sqlite` is a file, so only the other three are servers.

export type ServerEngine = 'postgres' | 'mysql' | 'mariadb'
export type Engine = ServerEngine | 'sqlite'

export const serverEngines: readonly ServerEngine[] = ['postgres', 'mysql', 'mariadb']

/** Name, environment variable and account of each server engine, as data: nothing else asks which engine it is. */
export const engineFacts: Record<ServerEngine, { label: string; urlVariable: string; scheme: string }> = {
  postgres: { label: 'PostgreSQL', urlVariable: 'TWINWRITE_TEST_POSTGRES_URL', scheme: 'postgres' },
  mysql: { label: 'MySQL', urlVariable: 'TWINWRITE_TEST_MYSQL_URL', scheme: 'mysql' },
  mariadb: { label: 'MariaDB', urlVariable: 'TWINWRITE_TEST_MARIADB_URL', scheme: 'mysql' },
}

/** The account that our own servers know: superuser, loopback only. */
export const account = { user: 'twinwrite', password: 'twinwrite' } as const

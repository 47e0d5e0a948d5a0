// Servers named by the environment: used as they are, but not believed blindly.
import { afterEach, expect, it, vi } from 'vitest'
import { server } from './servers.ts'

/** A fresh copy of the module, for it remembers the servers that it has found. */
async function freshly(): Promise<typeof server> {
  vi.resetModules()
  return (await import('./servers.ts')).server
}

afterEach(() => vi.unstubAllEnvs())

it('takes the server that the environment names', async () => {
  const { url } = await server('mysql')
  vi.stubEnv('TWINWRITE_TEST_MYSQL_URL', url)
  const found = await (await freshly())('mysql')
  expect(found).toMatchObject({ engine: 'mysql', url, origin: 'environment' })
})

it('refuses a server of another engine than the variable says', async () => {
  vi.stubEnv('TWINWRITE_TEST_MARIADB_URL', (await server('mysql')).url)
  await expect((await freshly())('mariadb')).rejects.toThrow(/TWINWRITE_TEST_MARIADB_URL .* not MariaDB/)
})

it('names the variable when the server does not answer', async () => {
  vi.stubEnv('TWINWRITE_TEST_POSTGRES_URL', 'postgres://nobody@127.0.0.1:1/none')
  await expect((await freshly())('postgres')).rejects.toThrow(
    /does not answer at TWINWRITE_TEST_POSTGRES_URL/,
  )
})

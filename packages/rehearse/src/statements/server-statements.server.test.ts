import { dedicatedServer, freshDatabase, openSession } from '@twinwrite/testkit'
import { expect, it, onTestFinished } from 'vitest'
import { serverStatements } from './server-statements.ts'

it('reads the shapes that MySQL has counted in this database, and says so where a server counts none', async () => {
  // Its table of shapes is one for the whole server: other tests fill it.
  const server = await dedicatedServer('mysql', { durable: false })
  onTestFinished(() => server.stop())
  const own = await freshDatabase('mysql', server)
  onTestFinished(() => own.drop())
  const session = await openSession('mysql', own.url)
  onTestFinished(() => session.close())
  await session.query('CREATE TABLE notes (id int PRIMARY KEY, label varchar(20))')
  for (const id of [1, 2]) await session.query(`INSERT INTO notes (id, label) VALUES (${id}, 'secret')`)
  const counted = await serverStatements({ engine: 'mysql', connection: own.connection })
  expect(counted).toMatchObject({ complete: true })
  if ('statements' in counted) {
    expect(counted.statements).toContainEqual({
      sql: expect.stringMatching(/^INSERT INTO `notes` \( `id` , `label` \) VALUES \(\?, \?\)/),
      bindings: null,
      count: 2,
    })
    expect(JSON.stringify(counted)).not.toContain('secret')
  }

  const other = await freshDatabase('postgres')
  onTestFinished(() => other.drop())
  expect(await serverStatements({ engine: 'postgres', connection: other.connection })).toEqual({
    unavailable: 'pg_stat_statements is not installed in this database',
  })
})

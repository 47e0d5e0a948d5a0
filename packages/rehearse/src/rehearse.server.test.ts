import { defineMigration } from '@twinwrite/sql'
import { freshDatabase } from '@twinwrite/testkit'
import { expect, it, onTestFinished } from 'vitest'
import { withClient } from './plain-client.ts'
import { rehearse } from './rehearse.ts'

it('reports that it was stopped, however early', async () => {
  const [source, target] = await Promise.all([freshDatabase('sqlite'), freshDatabase('sqlite')])
  for (const side of [source, target]) {
    onTestFinished(side.drop)
    await withClient(side, (db) => db.raw('CREATE TABLE items (id integer NOT NULL PRIMARY KEY)'))
  }
  const migration = defineMigration({ name: `early_${process.pid}`, tables: { items: true } })
  const foundBy = { module: import.meta.url, given: null }
  const report = await rehearse({ migration, source, target }, { foundBy, signal: AbortSignal.abort() })
  expect(report).toMatchObject({ verdict: 'stopped', steps: [], wrong: ['the rehearsal was stopped'] })
})

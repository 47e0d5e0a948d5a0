import { type Engine, freshDatabase } from '@twinwrite/testkit'
import { expect, it, onTestFinished } from 'vitest'
import { withClient } from '../plain-client.ts'
import { column } from '../testing/column.ts'
import { rowName } from './book.ts'
import { foundRows } from './found-rows.ts'

const bytes = '00ff10aa00ff10aa00ff10aa00ff10aa'

it.each<[Engine, string, string]>([
  ['mysql', 'int(8) unsigned zerofill', 'binary(16)'],
  ['postgres', 'integer', 'bytea'],
])('gives keys of %s as the writers have told them: %s, %s', async (engine, integer, binary) => {
  const own = await freshDatabase(engine)
  onTestFinished(() => own.drop())
  const columns = [
    column('n', 'integer', { type: integer }),
    column('id', 'bytes', { type: binary }),
    column('note', 'text', { type: 'varchar(40)' }),
  ]
  const table = { schema: null, name: 'things', key: ['n', 'id'], token: 'note', columns }
  const found = await withClient(own, async (db) => {
    await db.raw(`CREATE TABLE things (n ${integer}, id ${binary}, note varchar(40), PRIMARY KEY (n, id))`)
    await db('things').insert({ n: 12, id: Buffer.from(bytes, 'hex'), note: 'w0x1' })
    return foundRows(db, engine, table)
  })
  expect(found).toEqual(new Map([[rowName(['12', bytes]), 'w0x1']]))
})

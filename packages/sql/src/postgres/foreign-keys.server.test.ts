// PostgreSQL with a user who may not turn foreign keys off: parents are written before their children, and deleted after them.

import type { TableWrite } from '@twinwrite/core'
import { describe, expect, it } from 'vitest'
import { openStore } from '../engines.ts'
import { applyWrites, upsertsOf } from '../testing/apply.ts'
import { cleanUp, first, type TestSide, testSide } from '../testing/test-side.ts'

async function poorSide(): Promise<{
  side: TestSide
  store: TestSide['store']
  write: (table: string, rows: string[][], deletes?: string[]) => TableWrite
}> {
  const side = await testSide('postgres')
  const name = `tw_poor_${process.pid}_${Math.floor(Math.random() * 1e6)}`
  await side.app.run('CREATE TABLE parent (id int PRIMARY KEY, v int)')
  await side.app.run('CREATE TABLE child (id int PRIMARY KEY, p int REFERENCES parent (id))')
  await side.store.install({ ...first, role: 'secondary' })
  await side.app.run(`CREATE ROLE ${name} LOGIN PASSWORD 'x'`)
  cleanUp(async () => {
    await side.app.run(`DROP OWNED BY ${name}`)
    await side.app.run(`DROP ROLE ${name}`)
  })
  await side.app.run(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${name}`)
  const connection = { ...(side.connection as object), user: name, password: 'x' }
  const store = openStore({ engine: 'postgres', connection, side: 'target', naming: side.naming })
  cleanUp(() => store.close())
  const tables = await side.use('parent', 'child')
  store.use(new Map(tables.map((table) => [table.mapping, table])))
  const tableOf = (mapping: string): (typeof tables)[number] =>
    tables.find((table) => table.mapping === mapping)!
  return { side, store, write: (table, rows, deletes = []) => upsertsOf(tableOf(table), rows, deletes) }
}

describe('foreign keys that stay on', () => {
  it('hold at every statement of a batch, whatever the order of its tables', async () => {
    const { side, store, write } = await poorSide()
    await applyWrites(store, [
      write('child', [
        ['10', '1'],
        ['11', '2'],
      ]),
      write('parent', [
        ['1', '1'],
        ['2', '2'],
      ]),
    ])
    await applyWrites(store, [write('parent', [['3', '3']], ['1']), write('child', [['12', '3']], ['10'])])
    expect((await side.app.run('SELECT id, p FROM child ORDER BY id')).rows).toEqual([
      { id: 11, p: 2 },
      { id: 12, p: 3 },
    ])
  })

  it('are told apart from other clashes, with the rows that are in the way', async () => {
    const { store, write } = await poorSide()
    const orphan = [write('child', [['10', '1']])]
    await expect(applyWrites(store, orphan)).rejects.toMatchObject({ reason: 'foreign-key' })
    expect(await store.inTheWay(orphan, 'foreign-key')).toEqual([{ table: 'parent', key: '1' }])
    await applyWrites(store, [...orphan, write('parent', [['1', '1']])])
    const parent = [write('parent', [], ['1'])]
    await expect(applyWrites(store, parent)).rejects.toMatchObject({ reason: 'foreign-key' })
    expect(await store.inTheWay(parent, 'foreign-key')).toEqual([{ table: 'child', key: '10' }])
  })
})

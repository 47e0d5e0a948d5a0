import { type Engine, freshDatabase } from '@twinwrite/testkit'
import { expect, it, onTestFinished } from 'vitest'
import { oneValue, withClient } from '../plain-client.ts'
import { placed } from './place.ts'
import { isSomebodyIn, stayIn } from './presence.ts'

it.each<[Engine, string]>([
  ['postgres', 'SELECT current_database()'],
  ['mysql', 'SELECT DATABASE()'],
  ['sqlite', 'SELECT file FROM pragma_database_list'],
])('sees whether somebody is in a database of %s', async (engine, name) => {
  const [own, real] = await Promise.all([freshDatabase(engine), freshDatabase(engine)])
  for (const { drop } of [own, real]) onTestFinished(drop)
  const database = await withClient(own, async (db) => (await oneValue(db, name))!)
  expect(await isSomebodyIn(real, database)).toBe(false)
  const leave = await stayIn(placed(own, { database, port: null }))
  expect(await isSomebodyIn(real, database)).toBe(true)
  await leave()
  expect(await isSomebodyIn(real, database)).toBe(false)
})

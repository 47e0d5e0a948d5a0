// Writes on MySQL and MariaDB for which capture needs more than one statement, as Prisma's adapter answers them.

import type { Engine } from '@twinwrite/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { openWorld, type World } from './fixture.ts'

let world: World
afterEach(() => world.close())

const servers = ['mysql', 'mariadb'] as const

/** Equal slots on both sides of the migration, and in the reference. */
async function begun(engine: Engine): Promise<World> {
  world = await openWorld(engine, engine)
  await world.toStage('source-first')
  for (const client of [world.prisma, world.reference]) {
    for (const number of [1, 2, 3]) await client.slot.create({ data: { id: number, room: 'a', number } })
  }
  return world
}

async function expectEqual(): Promise<void> {
  await world.settled()
  const source = await world.contents('source')
  expect(await world.contents('target')).toEqual(source)
  expect(await world.contents('reference')).toEqual(source)
}

describe.each(servers)('on %s', (engine) => {
  it('a REPLACE that removes rows by two unique keys carries all of them (W1, W10)', async () => {
    const { prisma, reference } = await begun(engine)
    const replace = 'REPLACE INTO Slot (id, room, number) VALUES (?, ?, ?)'
    const run = (client: typeof reference): Promise<number> => client.$executeRawUnsafe(replace, 1, 'a', 3)
    expect(await run(prisma)).toBe(await run(reference))
    const inside = (client: typeof reference): Promise<number> =>
      client.$transaction((tx) => tx.$executeRawUnsafe(replace, 2, 'a', 3))
    expect(await inside(prisma)).toBe(await inside(reference))
    await expectEqual()
  })

  it('a single write that meets the way back to source-only runs again there, unseen (W1, W8)', async () => {
    const { prisma, reference, migration, session } = await begun(engine)
    const holder = session('source')
    await holder.query('START TRANSACTION')
    await holder.query('UPDATE Slot SET holder = NULL WHERE id = 1')
    const change = { where: { number: { lt: 3 } }, data: { holder: 'h' } }
    const held = prisma.slot.updateMany(change).then((answer) => answer)
    await new Promise((resolve) => void setTimeout(resolve, 200))
    await migration.setStage('source-only')
    await holder.query('COMMIT')
    expect(await held).toEqual(await reference.slot.updateMany(change))
    expect(await world.contents('source')).toEqual(await world.contents('reference'))
  })
})

describe('on mariadb', () => {
  it('DELETE .. RETURNING gives its rows back, or the count that the driver tells (W1, W10)', async () => {
    const { prisma, reference } = await begun('mariadb')
    const rows = (client: typeof reference): Promise<unknown> =>
      client.$queryRawUnsafe('DELETE FROM Slot WHERE number > ? RETURNING room, number', 2)
    expect(await rows(prisma)).toEqual(await rows(reference))
    const count = (client: typeof reference): Promise<unknown> =>
      client.$executeRawUnsafe('DELETE FROM Slot WHERE number > ? RETURNING room', 1)
    expect(await count(prisma)).toBe(await count(reference))
    await expectEqual()
  })

  it('the first text of a process is read in the grammar of MariaDB (W1)', async () => {
    const { open, reference } = await begun('mariadb')
    const insert = (client: typeof reference): Promise<unknown> =>
      client.$queryRawUnsafe('INSERT INTO Slot (id, room, number) VALUES (7, ?, 1) RETURNING room;', 'b')
    expect(await insert(open())).toEqual(await insert(reference))
    await expectEqual()
  })
})

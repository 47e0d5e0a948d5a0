// What makes capture below Prisma hard, case by case: how transactions really end, what drivers leave out of their answers,
// what runs at the same time, long and rewritten texts, values of the database's own.

import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import { PrismaPg } from '@prisma/adapter-pg'
import type { Engine, ServerConnection } from '@twinwrite/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { firstOf } from '../long.ts'
import { openWorld, type World, type WorldOptions } from './fixture.ts'

let world: World
afterEach(() => world.close())

async function followed(source: Engine, target: Engine, options: WorldOptions = {}): Promise<World> {
  world = await openWorld(source, target, options)
  await world.toStage('source-first')
  return world
}

async function expectEqualSides(): Promise<Record<string, unknown[]>> {
  await world.settled()
  const source = await world.contents('source')
  expect(await world.contents('target')).toEqual(source)
  return source
}

const servers = ['postgres', 'mysql', 'mariadb'] as const
const engines = [...servers, 'sqlite'] as const

describe('the end of a transaction', () => {
  it('that PostgreSQL rolls back silently, since a statement in it failed, carries nothing (W2)', async () => {
    const { prisma } = await followed('postgres', 'postgres')
    await prisma.user.create({ data: { email: 'there@x' } })
    await prisma.$transaction(async (tx) => {
      await tx.user.create({ data: { email: 'lost@x' } })
      await tx.user.create({ data: { email: 'there@x' } }).catch(() => undefined)
    })
    const { User } = await expectEqualSides()
    expect(User).toHaveLength(1)
  })

  it('carries what a savepoint has saved from a failed statement (W2)', async () => {
    const { prisma } = await followed('postgres', 'postgres')
    await prisma.$transaction(async (tx) => {
      await tx.user.create({ data: { email: 'kept@x' } })
      await tx
        .$transaction(async (inner) => inner.user.create({ data: { email: 'kept@x' } }))
        .catch(() => undefined)
      await tx.user.create({ data: { email: 'after@x' } })
    })
    const { User } = await expectEqualSides()
    expect(User).toHaveLength(2)
  })

  it('is a COMMIT that fails: the app is told, and nothing is carried (W2)', async () => {
    const { prisma, session } = await followed('postgres', 'postgres')
    await session('source').query(
      'ALTER TABLE "Invoice" ALTER CONSTRAINT "Invoice_userId_fkey" DEFERRABLE INITIALLY DEFERRED',
    )
    const failing = prisma.$transaction(async (tx) => {
      await tx.$executeRaw`INSERT INTO "Invoice" ("total", "userId") VALUES (1, 4)`
      await tx.user.create({ data: { email: 'no@x' } })
    })
    await expect(failing).rejects.toThrow()
    const { User, Invoice } = await expectEqualSides()
    expect([User, Invoice]).toEqual([[], []])
  })

  it.each(servers)('after a deadlock of %s: nothing of the victim is carried (W2)', async (engine) => {
    const { prisma } = await followed(engine, 'postgres')
    for (const number of [1, 2]) await prisma.slot.create({ data: { id: number, room: 'd', number } })
    const cross = (first: number, second: number): Promise<unknown> =>
      prisma
        .$transaction(async (tx) => {
          await tx.slot.update({ where: { id: first }, data: { holder: `${first}` } })
          await new Promise((resolve) => void setTimeout(resolve, 300))
          await tx.slot.update({ where: { id: second }, data: { holder: `${first}` } })
        })
        .then(
          () => 'committed',
          () => 'victim',
        )
    expect(new Set(await Promise.all([cross(1, 2), cross(2, 1)]))).toEqual(new Set(['committed', 'victim']))
    await expectEqualSides()
  })

  it.each(engines)(
    'on %s is not reached by what the app leaves running when its time is over',
    async (engine) => {
      const { prisma } = await followed(engine, 'postgres')
      const late = prisma.$transaction(
        async (tx) => {
          await tx.user.create({ data: { email: 'late@x' } })
          await new Promise((resolve) => void setTimeout(resolve, 1500))
          await tx.user.create({ data: { email: 'later@x' } })
        },
        { timeout: 1000 },
      )
      await expect(late).rejects.toMatchObject({ code: 'P2028' })
      await prisma.user.create({ data: { email: 'next@x' } })
      const { User } = await expectEqualSides()
      expect(User).toHaveLength(1)
    },
  )
})

describe('a transaction that the app ends in raw SQL', () => {
  const told = (work: Promise<unknown>): Promise<unknown> =>
    work.catch((error: Error & { code?: unknown }) => ({
      name: error.name,
      code: error.code,
      message: error.message.replaceAll(/^.*invocation in\n.*?\n\n\n/gs, ''),
    }))

  const words = ['COMMIT', 'ROLLBACK'] as const
  const ends = ['returns', 'throws'] as const
  it.each(
    firstOf(engines, 2).flatMap((engine) =>
      words.flatMap((word) => ends.map((end) => ({ engine, word, end }))),
    ),
  )(
    'with $word on $engine, and whose callback then $end: what is committed is carried, and the app sees no difference (W1, W2, W3)',
    async ({ engine, word, end }) => {
      const { prisma, reference } = await followed(engine, 'postgres')
      const run = async (client: World['reference']): Promise<unknown[]> => {
        const saw: unknown[] = []
        saw.push(
          await told(
            client.$transaction(async (tx) => {
              saw.push(await tx.slot.create({ data: { id: 1, room: 'before', number: 1 } }))
              saw.push(await told(tx.$executeRawUnsafe(word)))
              saw.push(await told(tx.slot.create({ data: { id: 2, room: 'behind', number: 1 } })))
              saw.push(await told(tx.slot.findMany({ orderBy: { id: 'asc' } })))
              if (end === 'throws') throw new RangeError('no')
            }),
          ),
        )
        saw.push(await told(client.slot.create({ data: { id: 3, room: 'next', number: 1 } })))
        return saw
      }
      expect(await run(prisma)).toEqual(await run(reference))
      const { Slot } = await expectEqualSides()
      expect(Slot).toEqual((await world.contents('reference'))['Slot'])
      expect(Slot!.length).toBe(word === 'COMMIT' ? 3 : 2)
    },
  )
})

describe('statements of one transaction at the same time', () => {
  it.each(firstOf(engines, 3))('are captured one by one on %s (W10)', async (engine) => {
    const { prisma } = await followed(engine, 'postgres')
    for (let round = 0; round < 10; round++) {
      await prisma.$transaction((tx) =>
        Promise.all(
          [1, 2, 3, 4].map(async (number) => {
            const { id } = await tx.slot.create({ data: { room: `r${round}`, number } })
            await tx.slot.update({ where: { id }, data: { holder: `${number}` } })
          }),
        ),
      )
    }
    const { Slot } = await expectEqualSides()
    expect(Slot).toHaveLength(40)
  })
})

describe('generated ids', () => {
  it.each(['mysql', 'mariadb'] as const)(
    'of %s reach nested writes and capture alike (W1, W4)',
    async (engine) => {
      const { prisma } = await followed(engine, 'postgres')
      const made = await prisma.user.create({
        data: {
          email: 'id@x',
          posts: { create: [{ title: 'a', comments: { create: { text: 'c' } } }, { title: 'b' }] },
        },
        include: { posts: { include: { comments: true } } },
      })
      expect(made.posts.every(({ authorId }) => authorId === made.id)).toBe(true)
      await prisma.slot.createMany({ data: [1, 2, 3].map((number) => ({ room: 'r', number })) })
      await prisma.slot.createMany({
        data: [2, 3, 4].map((number) => ({ room: 'r', number })),
        skipDuplicates: true,
      })
      const { Slot } = await expectEqualSides()
      expect(Slot).toHaveLength(4)
    },
  )
})

describe('connections', () => {
  it('a pool of one is enough: captured writes take no second one', async () => {
    const { prisma } = await followed('postgres', 'postgres', {
      client: { transactionOptions: { maxWait: 1000 } },
      max: 1,
    })
    await prisma.tag.create({ data: { id: 'a', label: 'a' } })
    await prisma.tag.update({ where: { id: 'a' }, data: { id: 'b' } })
    await Promise.all([1, 2, 3].map((number) => prisma.slot.create({ data: { room: 'r', number } })))
    await prisma.user.create({ data: { email: 'n@x', posts: { create: { title: 't' } } } })
    await expectEqualSides()
  })

  it('of SQLite, of which there is one: a write beside an open transaction is part of it, as without twinwrite', async () => {
    const { prisma, reference } = await followed('sqlite', 'sqlite')
    for (const client of [prisma, reference]) {
      const rolledBack = client.$transaction(async (tx) => {
        await tx.slot.create({ data: { room: 'in', number: 1 } })
        await client.slot.create({ data: { room: 'beside', number: 1 } })
        throw new RangeError('no')
      })
      await expect(rolledBack).rejects.toThrow(RangeError)
    }
    const { Slot } = await expectEqualSides()
    expect(Slot).toEqual((await world.contents('reference'))['Slot'])
  })

  it('that name their statements prepare none of ours by a name', async () => {
    const named = new Map<string, string>()
    const options = {
      statementNameGenerator: ({ sql }: { sql: string }) => {
        if (!named.has(sql)) named.set(sql, `s${named.size}`)
        return named.get(sql)
      },
    }
    const { prisma } = await followed('postgres', 'postgres', {
      adapter: ({ connection }): SqlDriverAdapterFactory =>
        new PrismaPg(connection as ServerConnection, options as never),
    })
    for (const number of [1, 2, 3]) await prisma.slot.create({ data: { room: 'r', number } })
    await prisma.$transaction(async (tx) => tx.slot.updateMany({ data: { holder: 'h' } }))
    await expectEqualSides()
    expect([...named.keys()].filter((sql) => sql.includes('_tw_'))).toEqual([])
  })
})

describe('writes that no scanner can vouch for', () => {
  it.each([
    `WITH gone AS (DELETE FROM "Slot" RETURNING id) SELECT * FROM gone`,
    `DELETE FROM "Slot"; DELETE FROM "User"`,
    `TRUNCATE "Slot"`,
    `DO $$ BEGIN DELETE FROM "Slot"; END $$`,
    `ALTER TABLE "Slot" ADD COLUMN more int`,
  ])('are refused before they run: %s (W10)', async (sql) => {
    const { prisma } = await followed('postgres', 'postgres')
    await prisma.slot.create({ data: { room: 'r', number: 1 } })
    const refused = { code: expect.stringMatching(/^TW_(CAPTURE_REFUSED|SCHEMA_CHANGE)$/) as string }
    await expect(prisma.$executeRawUnsafe(sql)).rejects.toMatchObject(refused)
    await expect(prisma.$queryRawUnsafe(sql)).rejects.toMatchObject(refused)
    await expect(prisma.$transaction((tx) => tx.$executeRawUnsafe(sql))).rejects.toMatchObject(refused)
    const { Slot } = await expectEqualSides()
    expect(Slot).toHaveLength(1)
  })

  it('as an upsert that may give a row another key are refused, with its own key again they are not (W10)', async () => {
    const { prisma } = await followed('postgres', 'postgres')
    const upsert = (id: string): Promise<unknown> =>
      prisma.tag.upsert({ where: { id: 'a' }, create: { id: 'a', label: 'l' }, update: { id, label: 'm' } })
    await upsert('a')
    await upsert('a')
    await expect(upsert('b')).rejects.toMatchObject({ code: 'TW_CAPTURE_REFUSED' })
    const { Tag } = await expectEqualSides()
    expect(Tag).toEqual([{ id: 'a', label: 'm' }])
  })

  it('tell by their meta how to mend it', async () => {
    const { prisma } = await followed('postgres', 'postgres')
    await expect(prisma.$executeRaw`TRUNCATE "Slot"`).rejects.toMatchObject({
      name: 'PrismaClientKnownRequestError',
      code: 'TW_CAPTURE_REFUSED',
      meta: { table: 'Slot', primary: 'untouched', retryable: false, hint: expect.any(String) as string },
    })
  })
})

describe('texts', () => {
  it.each(servers)('of very many rows are cut by Prisma and carried whole from %s', async (engine) => {
    const { prisma } = await followed(engine, 'postgres')
    const data = Array.from({ length: 12_000 }, (_, number) => ({
      room: `r${number % 7}`,
      number,
      holder: 'h',
    }))
    expect(await prisma.slot.createMany({ data })).toEqual({ count: 12_000 })
    await prisma.slot.updateMany({ where: { room: 'r3' }, data: { holder: null } })
    const { Slot } = await expectEqualSides()
    expect(Slot).toHaveLength(12_000)
  })

  it.each(['postgres', 'mysql'] as const)(
    'of very long lists find and delete their rows on %s',
    async (engine) => {
      const { prisma } = await followed(engine, 'postgres')
      await prisma.slot.createMany({
        data: Array.from({ length: 30 }, (_, number) => ({ id: number + 1, room: 'r', number })),
      })
      const ids = Array.from({ length: 40_000 }, (_, index) => index + 11)
      expect(await prisma.slot.findMany({ where: { id: { in: ids } } })).toHaveLength(20)
      expect(await prisma.slot.deleteMany({ where: { id: { in: ids } } })).toEqual({ count: 20 })
      const { Slot } = await expectEqualSides()
      expect(Slot).toHaveLength(10)
    },
  )

  it('with comments that Prisma appends to every one are captured', async () => {
    let call = 0
    const comments = [() => ({ traceparent: `00-${String(++call).padStart(32, '0')}-01` })]
    const { prisma } = await followed('postgres', 'mysql', { client: { comments } })
    for (const number of [1, 2, 3]) await prisma.slot.create({ data: { room: 'r', number } })
    await prisma.slot.updateMany({ data: { holder: 'h' } })
    await prisma.user.create({ data: { email: 'c@x', posts: { create: { title: 't' } } } })
    await prisma.slot.delete({ where: { room_number: { room: 'r', number: 2 } } })
    await expectEqualSides()
    expect(call).toBeGreaterThan(5)
  })

  it('that differ by inlined nulls are each captured', async () => {
    const { prisma } = await followed('postgres', 'postgres')
    for (const mask of [0, 1, 2, 3]) {
      await prisma.slot.createMany({
        data: [0, 1].map((bit) => ({
          room: `m${mask}`,
          number: bit,
          holder: mask & (1 << bit) ? 'h' : null,
        })),
      })
    }
    const { Slot } = await expectEqualSides()
    expect(Slot).toHaveLength(8)
  })
})

describe('values', () => {
  it('of types that the adapter cannot return are carried: capture asks for keys as texts only', async () => {
    world = await openWorld('postgres', 'postgres')
    for (const [side, table] of [
      ['source', '"Slot"'],
      ['target', 'app_slots'],
    ] as const) {
      await world
        .session(side)
        .query(
          `ALTER TABLE ${table} ADD span interval DEFAULT '1 day', ADD words tsvector DEFAULT to_tsvector('a b')`,
        )
    }
    await world.toStage('source-first')
    const { prisma } = world
    await prisma.slot.create({ data: { room: 'r', number: 1 } })
    await prisma.slot.updateMany({ data: { holder: 'h' } })
    await world.settled()
    const read = (side: 'source' | 'target', table: string): Promise<unknown> =>
      world.session(side).query(`SELECT span::text, words::text FROM ${table}`)
    expect(await read('target', 'app_slots')).toEqual(await read('source', '"Slot"'))
  })

  it.each(['Asia/Tokyo', 'America/New_York'])(
    'of times are what the database holds, whatever zone sessions have: %s',
    async (zone) => {
      world = await openWorld('postgres', 'postgres')
      const { databases } = world
      for (const side of ['source', 'target'] as const) {
        const table = side === 'source' ? '"Post"' : 'app_posts'
        await world
          .session(side)
          .query(`ALTER TABLE ${table} ADD zoned timestamptz(6) DEFAULT '2024-02-29 12:34:56.123456+00'`)
        const { database } = databases[side].connection as ServerConnection
        await world.session(side).query(`ALTER DATABASE ${database} SET timezone = '${zone}'`)
      }
      await world.toStage('source-first')
      const { id } = await world.prisma.post.create({
        data: { title: 't', createdAt: new Date('2024-03-01T00:00:00.5Z') },
      })
      await world.prisma
        .$executeRaw`UPDATE "Post" SET "zoned" = '2025-07-01 00:00:00.654321+00' WHERE "id" = ${id}`
      await world.settled()
      const read = (side: 'source' | 'target', table: string, at: string): Promise<unknown> =>
        world
          .session(side)
          .query(`SELECT ${at}::text AS at, (zoned AT TIME ZONE 'UTC')::text AS zoned FROM ${table}`)
      const held = await read('source', '"Post"', '"createdAt"')
      expect(held).toEqual([{ at: '2024-03-01 00:00:00.5', zoned: '2025-07-01 00:00:00.654321' }])
      expect(await read('target', 'app_posts', 'created_at')).toEqual(held)
    },
  )

  it('with microseconds in the database keep them when Prisma writes another column', async () => {
    world = await openWorld('postgres', 'postgres')
    for (const [side, table, column] of [
      ['source', '"Post"', '"createdAt"'],
      ['target', 'app_posts', 'created_at'],
    ] as const)
      await world.session(side).query(`ALTER TABLE ${table} ALTER ${column} TYPE timestamp(6)`)
    await world.toStage('source-first')
    const { prisma } = world
    const { id } = await prisma.post.create({ data: { title: 't' } })
    await prisma.$executeRaw`UPDATE "Post" SET "createdAt" = '2024-02-29 12:34:56.123456' WHERE "id" = ${id}`
    await prisma.post.update({ where: { id }, data: { views: 3 } })
    await world.settled()
    expect(
      await world.session('target').query('SELECT views, created_at::text AS at FROM app_posts'),
    ).toEqual([{ views: 3, at: '2024-02-29 12:34:56.123456' }])
  })
})

// What an app sees around its queries: other extensions, events, errors, connecting, the ways to set it up.

import { doubleWrite } from '@twinwrite/prisma'
import { stages } from '@twinwrite/core'
import { defineMigration } from '@twinwrite/sql'
import type { ServerConnection } from '@twinwrite/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { adapterFor } from './adapter-for.ts'
import { type ShopClient, shopClient } from './clients.ts'
import { type DoubledClient, openWorld, quick, type World } from './fixture.ts'

let world: World | undefined
afterEach(async () => {
  await world?.close()
  world = undefined
})

interface QueryEvent {
  readonly query: string
  readonly params: string
}

const logged = { log: [{ emit: 'event', level: 'query' }] }

function queriesOf(client: ShopClient): string[] {
  const seen: string[] = []
  const on = client.$on.bind(client) as unknown as (
    name: 'query',
    listener: (event: QueryEvent) => void,
  ) => void
  on('query', ({ query }) => seen.push(query))
  return seen
}

async function work(prisma: ShopClient): Promise<void> {
  await prisma.user.create({ data: { email: 'a@x', posts: { create: { title: 't' } } } })
  await prisma.user.update({ where: { email: 'a@x' }, data: { balance: 1 } })
  await prisma.$transaction(async (tx) => {
    await tx.slot.createMany({ data: [{ room: 'r', number: 1 }] })
    await tx.$transaction(async (inner) => inner.slot.deleteMany())
  })
  await prisma.user.findMany({ include: { posts: true } })
}

describe('events', () => {
  it.each(['postgres', 'mysql', 'sqlite'] as const)(
    'are those of plain Prisma on %s: nothing of ours is visible (W1)',
    async (engine) => {
      world = await openWorld(engine, 'postgres', { client: logged })
      await world.toStage('source-first')
      const [seen, expected] = [queriesOf(world.base), queriesOf(world.reference)]
      await work(world.prisma)
      await work(world.reference)
      expect(seen.length).toBeGreaterThan(5)
      expect(seen).toEqual(expected)
    },
  )

  it("show the target's own SQL after the switch", async () => {
    world = await openWorld('mysql', 'postgres', { client: logged })
    const seen = queriesOf(world.base)
    await world.toStage('target-first')
    await work(world.prisma)
    expect(seen.some((query) => query.startsWith('INSERT INTO "public"."app_users"'))).toBe(true)
    expect(seen.filter((query) => query.includes('`'))).toEqual([])
  })
})

describe('other extensions', () => {
  it.each(stages)('before and after ours run once and in their order in %s', async (stage) => {
    world = await openWorld('postgres', 'mysql')
    await world.toStage(stage)
    const { databases } = world
    const log: string[] = []
    const noted = (name: string) => ({
      query: {
        $allModels: {
          async $allOperations({
            args,
            query,
          }: {
            args: unknown
            query: (args: unknown) => Promise<unknown>
          }) {
            log.push(`>${name}`)
            const answer = await query(args)
            log.push(`<${name}`)
            return answer
          },
        },
      },
    })
    const target = shopClient(databases.target, 'target')
    const dw = doubleWrite({
      target,
      migration: (tables) => defineMigration({ name: 'shop', tables, ...quick }),
      ownConnections: { target: databases.target.connection },
    })
    const base = shopClient(databases.source, 'source')
    const prisma = base
      .$extends(noted('before') as never)
      .$extends(dw)
      .$extends(noted('after') as never)
      .$extends({
        result: { user: { shout: { needs: { email: true }, compute: ({ email }) => email.toUpperCase() } } },
        model: { user: { named: (email: string) => `user ${email}` } },
      })
    const made = await prisma.user.create({ data: { email: 'e@x', posts: { create: { title: 't' } } } })
    expect(log).toEqual(['>before', '>after', '<after', '<before'])
    expect(made.shout).toBe('E@X')
    const selected = await prisma.user.findUnique({ where: { email: 'e@x' }, select: { shout: true } })
    expect(selected?.shout).toBe('E@X')
    expect(prisma.user.named('e@x')).toBe('user e@x')
    await prisma.$transaction(async (tx) => {
      expect((await tx.user.update({ where: { email: 'e@x' }, data: { balance: 2 } })).shout).toBe('E@X')
    })
    expect((await prisma.$twinwrite.status()).stage).toBe(stage)
    expect(await base.user.count()).toBe(1)
    await prisma.$disconnect()
    await target.$disconnect()
  })

  it('keep what the client leaves out of every result', async () => {
    world = await openWorld('postgres', 'postgres', { client: { omit: { user: { email: true } } } })
    for (const stage of ['source-first', 'target-first'] as const) {
      await world.toStage(stage)
      const made = await world.prisma.user.create({ data: { email: stage } })
      expect(Object.keys(made).sort()).toEqual(['balance', 'bossId', 'id', 'name', 'role'])
    }
  })
})

describe('the base client', () => {
  it('is captured and routed as the extended one is', async () => {
    world = await openWorld('postgres', 'postgres')
    await world.toStage('source-first')
    await world.base.user.create({ data: { email: 'base@x' } })
    await world.settled()
    expect(await world.target.user.count()).toBe(1)
    await world.toStage('target-first')
    await world.base.user.create({ data: { email: 'base2@x' } })
    expect(await world.target.user.count()).toBe(2)
  })

  it('may be connected and in use before it is extended', async () => {
    world = await openWorld('postgres', 'postgres')
    await world.toStage('source-first')
    const { databases } = world
    const base = shopClient(databases.source, 'source')
    const target = shopClient(databases.target, 'target')
    await base.user.create({ data: { email: 'before@x' } })
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const open = base.$transaction(async (tx) => {
      await held
      return tx.user.count()
    })
    await new Promise((resolve) => void setTimeout(resolve, 100))
    const prisma = base.$extends(
      doubleWrite({ target, migration: (tables) => defineMigration({ name: 'shop', tables, ...quick }) }),
    )
    release()
    expect(await open).toBe(1)
    await prisma.user.create({ data: { email: 'after@x' } })
    await world.settled()
    expect(await world.target.user.findMany({ select: { email: true } })).toEqual([{ email: 'after@x' }])
    await prisma.$disconnect()
    await target.$disconnect()
  })
})

describe('disconnecting', () => {
  it('ends the migration, and the next query begins it again', async () => {
    world = await openWorld('postgres', 'postgres')
    await world.toStage('source-first')
    const { prisma } = world
    await prisma.$connect()
    await prisma.user.create({ data: { email: 'one@x' } })
    await prisma.$disconnect()
    await prisma.user.create({ data: { email: 'two@x' } })
    await world.settled()
    expect(await world.target.user.count()).toBe(2)
  })
})

describe('ways to set it up', () => {
  it.each(['postgres', 'mysql', 'sqlite'] as const)('an adapter of dw.adapter() on %s', async (engine) => {
    world = await openWorld(engine, 'postgres', { explicit: true })
    for (const stage of stages) {
      await world.toStage(stage)
      await world.prisma.user.create({ data: { email: stage, posts: { create: { title: stage } } } })
      if (stage.endsWith('-first')) await world.settled()
    }
    expect(await world.target.user.count()).toBe(4)
  })

  it('dw.adapter() without $extends captures, and refuses writes when the target has become primary', async () => {
    world = await openWorld('postgres', 'postgres')
    await world.toStage('source-first')
    const { databases } = world
    const target = shopClient(databases.target, 'target')
    const dw = doubleWrite({
      target,
      migration: defineMigration({
        name: 'shop',
        tables: {
          User: {
            target: 'app_users',
            columns: { id: 'user_id', email: 'email_addr', name: 'full_name', bossId: 'boss_id' },
            accept: ['role'],
          },
        },
        ...quick,
      }),
    })
    const prisma = shopClient(databases.source, 'source', {
      adapter: dw.adapter(adapterFor(databases.source)),
    })
    await prisma.user.create({ data: { email: 'public@x' } })
    expect((await dw.migration.status()).stage).toBe('source-first')
    await world.settled()
    expect(await world.target.user.count()).toBe(1)
    await world.toStage('target-first')
    await expect(prisma.user.create({ data: { email: 'late@x' } })).rejects.toMatchObject({
      code: 'TW_STAGE_MOVED',
    })
    await dw.migration.close()
    await prisma.$disconnect()
    await target.$disconnect()
  })

  it('an adapter as target, where both databases have the same tables', async () => {
    world = await openWorld('postgres', 'postgres')
    const { databases } = world
    const [from, to] = [databases.source, databases.reference]
    const prisma = shopClient(from, 'source').$extends(
      doubleWrite({
        target: adapterFor(to),
        migration: (tables) => defineMigration({ name: 'twins', tables, ...quick }),
      }),
    )
    const { $twinwrite } = prisma
    await $twinwrite.install()
    await $twinwrite.setStage('source-first')
    await prisma.user.create({
      data: { email: 'twin@x', posts: { create: { title: 't', tags: { create: { label: 'l' } } } } },
    })
    expect(await $twinwrite.drain()).toBe(true)
    await $twinwrite.switchStage('target-first')
    await prisma.user.update({ where: { email: 'twin@x' }, data: { balance: 3 } })
    expect(
      await world.reference.user.findMany({ include: { posts: { include: { tags: true } } } }),
    ).toMatchObject([{ balance: 3, posts: [{ tags: [{ label: 'l' }] }] }])
    expect(await $twinwrite.drain()).toBe(true)
    expect(await world.source.user.findFirst()).toMatchObject({ balance: 3 })
    await prisma.$disconnect()
  })
})

describe('a fleet', () => {
  it('follows a switch under load without an error, in and outside of transactions (W1, W8)', async () => {
    world = await openWorld('postgres', 'mysql')
    await world.toStage('source-first')
    const clients = [world.prisma, world.open(), world.open()]
    let going = true
    const errors: unknown[] = []
    let written = 0
    const writer = async (client: DoubledClient, who: number): Promise<void> => {
      for (let number = 0; going; number++) {
        try {
          if (number % 3 === 0) {
            await client.$transaction(
              async (tx) => {
                const { id } = await tx.slot.create({ data: { room: `w${who}`, number } })
                await tx.slot.update({ where: { id }, data: { holder: 'h' } })
              },
              { maxWait: 10_000, timeout: 15_000 },
            )
          } else if (number % 3 === 1) await client.slot.create({ data: { room: `w${who}`, number } })
          else
            await client.user.create({
              data: { email: `${who}-${number}@x`, posts: { create: { title: 't' } } },
            })
          written++
        } catch (error) {
          if ((error as { code?: unknown }).code !== 'TW_STAGE_MOVED') errors.push(error)
        }
      }
    }
    const writing = Promise.all(clients.map(writer))
    const pause = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 300))
    await pause()
    for (const stage of ['target-first', 'source-first', 'target-first'] as const) {
      await world.migration.switchStage(stage)
      await pause()
    }
    going = false
    await writing
    await world.settled()
    expect(errors).toEqual([])
    const { Slot, User } = await world.contents('target')
    expect(Slot!.length + User!.length).toBeGreaterThanOrEqual(written)
    expect(await world.contents('source')).toEqual(await world.contents('target'))
  })

  it('ends a transaction that a switch overtook as a whole, to be run again (W8)', async () => {
    world = await openWorld('postgres', 'postgres')
    await world.toStage('source-first')
    const { prisma, migration } = world
    const run = (during: () => Promise<unknown>): Promise<unknown> =>
      prisma.$transaction(async (tx) => {
        await tx.user.create({ data: { email: 'long@x' } })
        await during()
        await tx.user.update({ where: { email: 'long@x' }, data: { balance: 1 } })
        await tx.$transaction(async (inner) => inner.user.create({ data: { email: 'inner@x' } }))
      })
    await expect(run(() => migration.switchStage('target-first'))).rejects.toMatchObject({
      code: 'TW_STAGE_MOVED',
      primary: 'rolled-back',
      retryable: true,
    })
    expect([await world.source.user.count(), await world.target.user.count()]).toEqual([0, 0])
    await run(async () => undefined)
    expect(await world.target.user.count()).toBe(2)
  })
})

describe('a schema of its own', () => {
  it('that the adapter is told is where tables, journal and fence are found', async () => {
    world = await openWorld('postgres', 'postgres')
    const { databases } = world
    for (const side of ['source', 'target'] as const) {
      const name = side === 'source' ? '"Tag"' : 'app_tags'
      const session = world.session(side)
      await session.query('CREATE SCHEMA own')
      await session.query(`CREATE TABLE own.${name} (id text PRIMARY KEY, label text NOT NULL UNIQUE)`)
    }
    const { PrismaPg } = await import('@prisma/adapter-pg')
    const inSchema = (side: 'source' | 'target'): ShopClient =>
      shopClient(databases[side], side, {
        adapter: new PrismaPg(databases[side].connection as ServerConnection, { schema: 'own' }),
      })
    const target = inSchema('target')
    const prisma = inSchema('source').$extends(
      doubleWrite({
        target,
        migration: (tables) =>
          defineMigration({ name: 'own', tables: { 'own.Tag': tables['own.Tag']! }, ...quick }),
      }),
    )
    await prisma.$twinwrite.install()
    await prisma.$twinwrite.setStage('source-first')
    await prisma.tag.create({ data: { id: 'a', label: 'a' } })
    expect(await prisma.$twinwrite.drain()).toBe(true)
    expect(await target.tag.findMany()).toEqual([{ id: 'a', label: 'a' }])
    await prisma.$twinwrite.switchStage('target-first')
    await prisma.tag.update({ where: { id: 'a' }, data: { label: 'b' } })
    expect(await target.tag.findMany()).toEqual([{ id: 'a', label: 'b' }])
    await prisma.$disconnect()
    await target.$disconnect()
  })
})

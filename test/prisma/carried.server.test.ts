// After the switch: raw SQL, which is written for one engine, and models that do not move. And what some schemas have of their
// own: lists, tables in other schemas, relations that Prisma itself keeps.

import { makeTypedQueryFactory } from '@prisma/client/runtime/client'
import { doubleWrite, perSide } from '@twinwrite/prisma'
import { type MigrationConfig, otherSide, type Side, stagePlan, stages } from '@twinwrite/core'
import { defineMigration } from '@twinwrite/sql'
import { freshDatabase } from '@twinwrite/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { plainSession } from '../conformance/plain-session.ts'
import { adapterFor } from './adapter-for.ts'
import type { ShopClient } from './clients.ts'
import { openWorld, quick, toStage, type World } from './fixture.ts'
import { PrismaClient as ListSource } from './generated/only-postgres-source/client/client.ts'
import { PrismaClient as ListTarget } from './generated/only-postgres-target/client/client.ts'
import { Prisma } from './generated/postgresql-source/client/client.ts'
import { PrismaClient as RelationModeSource } from './generated/relation-mode-source/client/client.ts'
import { PrismaClient as RelationModeTarget } from './generated/relation-mode-target/client/client.ts'

let world: World | undefined
afterEach(async () => {
  await world?.close()
  world = undefined
})

const crossed = { code: 'TW_DIALECT_CROSSED' }

describe('raw SQL after the switch', () => {
  it('runs where the app gave it per side, in and outside of transactions, with values (W1)', async () => {
    world = await openWorld('postgres', 'mysql')
    const { prisma } = world
    await prisma.slot.createMany({ data: [1, 2, 3].map((number) => ({ room: 'r', number })) })
    const read = (client: Pick<ShopClient, '$queryRaw'>, least: number): Promise<unknown> =>
      client.$queryRaw(
        perSide(
          Prisma.sql`SELECT "number" AS n FROM "Slot" WHERE "number" >= ${least} AND "room" = ${'r'} ORDER BY 1`,
          Prisma.sql`SELECT \`number\` AS n FROM app_slots WHERE \`number\` >= ${least} AND room = ${'r'} ORDER BY 1`,
        ),
      )
    const write = (client: Pick<ShopClient, '$executeRawUnsafe'>, holder: string): Promise<number> =>
      client.$executeRawUnsafe(
        perSide(
          'UPDATE "Slot" SET "holder" = $1 WHERE "number" < $2',
          'UPDATE app_slots SET holder = ? WHERE `number` < ?',
        ),
        holder,
        3,
      )
    for (const stage of ['source-only', 'source-first', 'target-first', 'target-only'] as const) {
      await world.toStage(stage)
      expect(await read(prisma, 2)).toEqual([{ n: 2 }, { n: 3 }])
      expect(await write(prisma, stage)).toBe(2)
      const inside = await prisma.$transaction(async (tx) => [
        await write(tx, `${stage} tx`),
        await read(tx, 3),
      ])
      expect(inside).toEqual([2, [{ n: 3 }]])
      expect(await prisma.$transaction([prisma.slot.count({ where: { holder: `${stage} tx` } })])).toEqual([
        2,
      ])
      if (stage.endsWith('-first')) {
        await world.settled()
        expect((await world.contents('source'))['Slot']).toEqual((await world.contents('target'))['Slot'])
      }
    }
  })

  it('of one dialect is refused on another, and changes nothing', async () => {
    world = await openWorld('postgres', 'mysql')
    await world.toStage('target-first')
    const { prisma } = world
    await expect(prisma.$queryRaw`SELECT now()`).rejects.toMatchObject(crossed)
    await expect(prisma.$executeRaw`DELETE FROM "Slot"`).rejects.toMatchObject(crossed)
    await expect(prisma.$transaction((tx) => tx.$queryRaw`SELECT 1`)).rejects.toMatchObject(crossed)
    await expect(prisma.$transaction([prisma.$queryRaw`SELECT 1`])).rejects.toMatchObject(crossed)
  })

  it('runs on a target of the same engine where it names nothing that is called differently', async () => {
    world = await openWorld('postgres', 'postgres')
    await world.toStage('target-first')
    const { prisma } = world
    await prisma.tag.create({ data: { id: 'a', label: 'a' } })
    expect(await prisma.$queryRaw`SELECT ${1}::int AS one`).toEqual([{ one: 1 }])
    await expect(prisma.$queryRaw`SELECT id FROM "Tag"`).rejects.toMatchObject(crossed)
  })
})

describe('models that do not move', () => {
  const only =
    (...names: string[]) =>
    (tables: MigrationConfig['tables']): MigrationConfig['tables'] =>
      Object.fromEntries(Object.entries(tables).filter(([name]) => names.includes(name)))

  it('stay on the source in every stage, beside those that have moved', async () => {
    world = await openWorld('postgres', 'mysql', { tables: only('Slot', 'Sample') })
    const { prisma } = world
    for (const stage of ['source-first', 'target-first', 'target-only'] as const) {
      await world.toStage(stage)
      await prisma.user.create({ data: { email: stage, posts: { create: { title: stage } } } })
      await prisma.slot.create({ data: { room: stage, number: 1 } })
      await prisma.$transaction([prisma.user.update({ where: { email: stage }, data: { balance: 1 } })])
      expect(await prisma.user.findMany({ where: { email: stage }, include: { posts: true } })).toMatchObject(
        [{ balance: 1, posts: [{ title: stage }] }],
      )
      expect(await prisma.$queryRaw`SELECT count(*)::int AS n FROM "User" WHERE "email" = ${stage}`).toEqual([
        { n: 1 },
      ])
      if (stage.endsWith('-first')) await world.settled()
    }
    expect([await world.source.user.count(), await world.target.user.count()]).toEqual([3, 0])
    expect(await world.target.slot.count()).toBe(3)
  })

  it('cannot be used together with those that have', async () => {
    const accept = ['Membership_userId', 'Post_authorId', 'Profile_userId', 'Invoice_userId']
      .concat([
        'app_memberships_user_id',
        'app_posts_author_id',
        'app_profiles_user_id',
        'app_invoices_user_id',
      ])
      .map((name) => `foreign-key:${name}_fkey`)
    world = await openWorld('postgres', 'postgres', {
      tables: (tables) => {
        const some = only('User', '_Friends', 'Slot')(tables)
        return { ...some, User: { ...(some['User'] as object), accept } }
      },
    })
    await world.toStage('target-first')
    const { prisma } = world
    await expect(prisma.user.findMany({ include: { posts: true } })).rejects.toMatchObject(crossed)
    await expect(
      prisma.user.create({ data: { email: 'a@x', posts: { create: { title: 't' } } } }),
    ).rejects.toMatchObject(crossed)
    await expect(prisma.$transaction([prisma.slot.count(), prisma.tag.count()])).rejects.toMatchObject(
      crossed,
    )
    await expect(prisma.$transaction(async (tx) => tx.tag.count())).rejects.toMatchObject(crossed)
    expect(await prisma.user.count()).toBe(0)
  })

  it('may not leave out the table of a relation between those that do', async () => {
    await expect(openWorld('sqlite', 'sqlite', { tables: only('User') })).rejects.toMatchObject({
      code: 'TW_CONFIG_INVALID',
      message: expect.stringContaining('_Friends') as string,
    })
  })
})

describe("PostgreSQL's own", () => {
  it('lists, enums in lists, native types, tables in other schemas and TypedSQL work in every stage (W1, W4, W9)', async () => {
    const [from, to] = [await freshDatabase('postgres'), await freshDatabase('postgres')]
    const sessions = { source: await plainSession(from), target: await plainSession(to) }
    const tables = {
      source: ['public."Listing"', 'public."Entry"', ''],
      target: ['shop.app_listings', 'shop.app_entries', 'shop.'],
    } as const
    for (const side of ['source', 'target'] as const) {
      const [listing, entry, schema] = tables[side]
      for (const sql of [
        'CREATE SCHEMA IF NOT EXISTS shop',
        `CREATE TYPE ${schema}"Mood" AS ENUM ('GLAD', 'SAD')`,
        `CREATE TABLE ${listing} (id serial PRIMARY KEY, words text[], numbers int[], moods ${schema}"Mood"[], ref uuid, at timestamptz(6) NOT NULL DEFAULT now())`,
        `CREATE TABLE ${entry} (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), text text NOT NULL)`,
      ])
        await sessions[side].query(sql)
    }
    const target = new ListTarget({ adapter: adapterFor(to) })
    const prisma = new ListSource({ adapter: adapterFor(from) }).$extends(
      doubleWrite({
        target,
        migration: (derived) =>
          defineMigration({
            name: 'lists',
            tables: Object.fromEntries(
              Object.entries(derived).map(([name, table]) => [
                name,
                name.endsWith('Listing') ? { ...(table as object), accept: ['moods'] } : table,
              ]),
            ),
            ...quick,
          }),
      }),
    )
    const { $twinwrite } = prisma
    const typedOf = (table: string): ReturnType<typeof makeTypedQueryFactory> =>
      makeTypedQueryFactory(`UPDATE ${table} SET "text" = $1 WHERE "text" = $2 RETURNING "text"`)
    const [typed, typedThere] = [typedOf('"Entry"'), typedOf('shop.app_entries')]
    const read = (side: Side): Promise<unknown> =>
      Promise.all([
        sessions[side].query(
          `SELECT id, words, numbers, moods::text, ref, at::text FROM ${tables[side][0]} ORDER BY 1`,
        ),
        sessions[side].query(`SELECT id, text FROM ${tables[side][1]} ORDER BY 2`),
      ])

    for (const stage of stages) {
      await toStage($twinwrite, stage)
      const { primary, journaled } = stagePlan(stage)
      const untouched = await read(otherSide(primary))

      const { id } = await prisma.listing.create({
        data: {
          words: ['a', 'ü,"{', stage],
          numbers: [3, 1],
          moods: ['SAD', 'GLAD'],
          ref: '0b9b1c9e-6f0a-4c07-9d5c-1f2f3a4b5c6d',
        },
      })
      await prisma.listing.update({
        where: { id },
        data: { words: { push: ['c'] }, numbers: { set: [] }, moods: ['SAD'] },
      })
      await prisma.listing.updateMany({
        where: { numbers: { isEmpty: true } },
        data: { numbers: { push: 7 } },
      })
      expect(
        await prisma.listing.findMany({ where: { words: { has: stage }, moods: { has: 'SAD' } } }),
      ).toMatchObject([{ id, words: ['a', 'ü,"{', stage, 'c'], numbers: [7], moods: ['SAD'] }])
      await prisma.entry.createMany({ data: [{ text: `x ${stage}` }, { text: `y ${stage}` }] })
      const values = [`typed ${stage}`, `x ${stage}`] as const
      expect(await prisma.$queryRawTyped(perSide(typed(...values), typedThere(...values)))).toEqual([
        { text: values[0] },
      ])
      expect(await prisma.entry.count({ where: { text: values[0] } })).toBe(1)
      const sourcesAlone = prisma.$queryRawTyped(typed(`z ${stage}`, `y ${stage}`))
      if (primary === 'source') expect(await sourcesAlone).toEqual([{ text: `z ${stage}` }])
      else await expect(sourcesAlone).rejects.toMatchObject(crossed)

      if (journaled) expect(await $twinwrite.drain()).toBe(true)
      expect(await read(otherSide(primary))).toEqual(journaled ? await read(primary) : untouched)
    }
    expect(await target.listing.count()).toBe(stages.length)
    await prisma.$disconnect()
    await target.$disconnect()
    for (const session of Object.values(sessions)) session.end()
    await from.drop()
    await to.drop()
  })
})

describe('relations that Prisma itself keeps (relationMode)', () => {
  it('work in every stage, and follow with all that its own deletes and updates touch (W1, W3, W9)', async () => {
    const [from, to] = [await freshDatabase('mysql'), await freshDatabase('mysql')]
    const sessions = { source: await plainSession(from), target: await plainSession(to) }
    const counter = 'INT AUTO_INCREMENT PRIMARY KEY'
    for (const sql of [
      `CREATE TABLE Author (id ${counter}, name VARCHAR(191) NOT NULL)`,
      `CREATE TABLE Book (id ${counter}, title VARCHAR(191) NOT NULL, authorId INT NOT NULL)`,
      `CREATE TABLE Review (id ${counter}, text VARCHAR(191) NOT NULL, bookId INT NOT NULL)`,
      `CREATE TABLE Award (id ${counter}, authorId INT UNIQUE)`,
    ])
      await sessions.source.query(sql)
    for (const sql of [
      `CREATE TABLE lib_authors (author_id ${counter}, name VARCHAR(191) NOT NULL)`,
      `CREATE TABLE lib_books (id ${counter}, title VARCHAR(191) NOT NULL, author_id INT NOT NULL)`,
      `CREATE TABLE lib_reviews (id ${counter}, text VARCHAR(191) NOT NULL, book_id INT NOT NULL)`,
      `CREATE TABLE lib_awards (id ${counter}, author_id INT UNIQUE)`,
    ])
      await sessions.target.query(sql)
    const [source, target] = [
      new RelationModeSource({ adapter: adapterFor(from) }),
      new RelationModeTarget({ adapter: adapterFor(to) }),
    ]
    const prisma = new RelationModeSource({ adapter: adapterFor(from) }).$extends(
      doubleWrite({
        target,
        migration: (tables) => defineMigration({ name: 'library', tables, ...quick }),
        ownConnections: { source: from.connection, target: to.connection },
      }),
    )
    const { $twinwrite } = prisma
    const include = { books: { include: { reviews: true } }, award: true }
    const read = (client: RelationModeSource | RelationModeTarget): Promise<unknown[]> =>
      Promise.all([
        client.author.findMany({ include, orderBy: { id: 'asc' } }),
        client.award.findMany({ orderBy: { id: 'asc' } }),
        client.review.count(),
      ])
    for (const [index, stage] of stages.entries()) {
      await toStage($twinwrite, stage)
      const { primary, journaled } = stagePlan(stage)
      const [here, there] = primary === 'source' ? [source, target] : [target, source]
      const untouched = await read(there)
      const same = async (): Promise<void> => {
        if (journaled) expect(await $twinwrite.drain()).toBe(true)
        expect(await read(there)).toEqual(journaled ? await read(here) : untouched)
      }
      for (const name of ['a', 'b']) {
        await prisma.author.create({
          data: {
            name,
            award: { create: {} },
            books: {
              create: [{ title: 't', reviews: { create: [{ text: 'r1' }, { text: 'r2' }] } }, { title: 'u' }],
            },
          },
        })
      }
      const { id } = await prisma.author.findFirstOrThrow({ where: { name: 'a' } })
      const moved = await prisma.author.update({ where: { id }, data: { id: id + 1000 }, include })
      expect(moved.books).toHaveLength(2)
      await same()
      await prisma.book.deleteMany({ where: { title: 't', author: { name: 'a' } } })
      await prisma.author.deleteMany({ where: { name: 'b' } })
      await same()
      expect(await prisma.review.count()).toBe(0)
      await prisma.author.deleteMany()
      await same()
      expect(await prisma.award.count({ where: { authorId: null } })).toBe(2 * (index + 1))
    }
    for (const client of [prisma, source, target]) await client.$disconnect()
    for (const session of Object.values(sessions)) session.end()
    await from.drop()
    await to.drop()
  })
})

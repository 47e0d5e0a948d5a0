// Checked by the compiler alone: a client with double writes has the types of the client that it extends.

import { PrismaPg } from '@prisma/adapter-pg'
import { doubleWrite, perSide, type RunningMigration } from '@twinwrite/prisma'
import { defineMigration } from '@twinwrite/sql'
import { Prisma, PrismaClient } from './generated/postgresql-source/client/client.ts'
import { PrismaClient as TargetClient } from './generated/postgresql-target/client/client.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

function same<A, B>(equal: Equal<A, B>): void {
  if (!equal) throw new Error('the types differ')
}

const adapter = new PrismaPg('postgres://')
const target = new TargetClient({ adapter })
const migration = defineMigration({ name: 'shop', tables: { User: true } })

const plain = new PrismaClient({ adapter, omit: { user: { email: true } } }).$extends({
  result: { user: { shout: { needs: { email: true }, compute: ({ email }) => email.toUpperCase() } } },
})
const prisma = plain.$extends(doubleWrite({ target, migration }))

export async function queries(): Promise<void> {
  const where = { id: 1 }
  const one = await prisma.user.findUnique({ where })
  const plainOne = await plain.user.findUnique({ where })
  same<typeof one, typeof plainOne>(true)
  const include = { posts: { include: { tags: true } }, _count: true } as const
  const deep = await prisma.user.findMany({ include })
  const plainDeep = await plain.user.findMany({ include })
  same<typeof deep, typeof plainDeep>(true)
  const picked = await prisma.user.findFirst({ select: { shout: true, role: true } })
  same<typeof picked, { role: 'USER' | 'ADMIN'; shout: string } | null>(true)
  const made = await prisma.post.create({ data: { title: 't' }, omit: { views: true } })
  same<'views' extends keyof typeof made ? true : false, false>(true)
  // @ts-expect-error what the client leaves out
  console.log(one?.email)
  // @ts-expect-error a field that the model does not have
  await prisma.user.findMany({ where: { nothing: 1 } })
  const groups = await prisma.post.groupBy({ by: ['authorId'], _sum: { views: true } })
  same<(typeof groups)[number]['_sum']['views'], number | null>(true)
  const posts = await prisma.user.findUnique({ where }).posts()
  const plainPosts = await plain.user.findUnique({ where }).posts()
  same<typeof posts, typeof plainPosts>(true)
}

export async function transactions(): Promise<void> {
  await prisma.$transaction(async (tx) => {
    const inner = await tx.user.findFirst()
    const plainInner = await plain.user.findFirst()
    same<typeof inner, typeof plainInner>(true)
    same<typeof tx.$twinwrite, RunningMigration>(true)
  })
  const batch = await prisma.$transaction([
    prisma.user.count(),
    prisma.post.findMany({ select: { title: true } }),
  ])
  same<typeof batch, [number, { title: string }[]]>(true)
}

export async function raw(): Promise<void> {
  const rows = await prisma.$queryRaw<{ n: number }[]>(
    perSide(Prisma.sql`SELECT 1 AS n`, Prisma.sql`SELECT 2 AS n`),
  )
  same<typeof rows, { n: number }[]>(true)
  const count = await prisma.$executeRawUnsafe(perSide('SELECT 1', 'SELECT 2'))
  same<typeof count, number>(true)
}

same<typeof prisma.$twinwrite, RunningMigration>(true)

// By the public interface, with the type of the adapter kept.
const dw = doubleWrite({ target: adapter, migration: (tables) => defineMigration({ name: 'shop', tables }) })
const wrapped = dw.adapter(adapter)
same<typeof wrapped, PrismaPg>(true)
same<typeof dw.migration, RunningMigration>(true)
new PrismaClient({ adapter: wrapped }).$extends(dw)

// @ts-expect-error the migration is needed
doubleWrite({ target })
// @ts-expect-error so is the target
doubleWrite({ migration })
// @ts-expect-error both of one kind
perSide('SELECT 1', Prisma.sql`SELECT 2`)

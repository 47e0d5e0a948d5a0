import type { Engine } from '@twinwrite/testkit'
import { openWorld } from '../prisma/fixture.ts'
import { readsSuite } from './suite.ts'
import type { App, AppOptions } from './world.ts'

async function open(source: Engine, { migration, targetVia }: AppOptions): Promise<App> {
  const world = await openWorld(source, 'postgres', { migration, targetVia })
  const { prisma } = world
  const rows = (posts: { id: number; title: string }[]) => posts.map(({ id, title }) => ({ id, name: title }))
  return {
    migration: world.migration,
    all: async () => rows(await prisma.post.findMany({ orderBy: { id: 'asc' } })),
    named: (title) => prisma.post.findMany({ where: { title } }),
    rawNamed: null,
    namedInTransaction: (title) => prisma.$transaction((tx) => tx.post.findMany({ where: { title } })),
    namedInBatch: async (title) => {
      const [, found] = await prisma.$transaction([
        prisma.post.count(),
        prisma.post.findMany({ where: { title } }),
      ])
      return found
    },
    namedLocked: null,
    rename: (id, title) => prisma.post.update({ where: { id }, data: { title } }),
    add: (title) => prisma.post.create({ data: { title } }),
    toStage: world.toStage,
    settled: world.settled,
    targetUrl: world.databases.target.url,
    table: { name: 'app_posts', id: 'id', text: 'title' },
    close: world.close,
  }
}

// From SQLite the times of Prisma's are converted: see sqlite.unit.test.ts.
readsSuite(open, ['postgres', 'mysql'])

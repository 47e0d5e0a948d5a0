// The contract with Prisma's private surface (packages/prisma/src/prisma-internals.ts), held against the lowest supported
// and the latest version: the members are there, and a migration works over them from its start to the end.

import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import * as latest from '@prisma/client/runtime/client'
import { stages, stagePlan } from '@twinwrite/core'
import { type FileConnection, freshDatabase, type FreshDatabase } from '@twinwrite/testkit'
import { createRequire } from 'node:module'
import * as lowest from 'prisma-client-lowest/runtime/client'
import { describe, expect, it } from 'vitest'
import type { ShopClient } from './clients.ts'
import { openWorld } from './fixture.ts'
import { PrismaClient as SqliteSource } from './generated/sqlite-source/client/client.ts'
import { PrismaClient as SqliteTarget } from './generated/sqlite-target/client/client.ts'

const { Module } = (globalThis as unknown as { WebAssembly: { Module: new (bytes: Uint8Array) => object } })
  .WebAssembly

interface Internals {
  readonly _engineConfig: { readonly inlineSchema: string; readonly adapter: unknown }
  readonly _runtimeDataModel: unknown
  readonly _originalClient: { readonly _engine: Record<string, unknown> & { readonly config: object } }
}

type ClientClass = new (options: object) => ShopClient & Internals

const versions = {
  lowest: { runtime: lowest, folder: 'prisma-client-lowest/runtime', compiler: 'query_compiler_bg' },
  latest: { runtime: latest, folder: '@prisma/client/runtime', compiler: 'query_compiler_fast_bg' },
} as const

/** The class that the generator of a version makes of a schema. */
function classOf(version: keyof typeof versions, generated: unknown): ClientClass {
  const { runtime, folder, compiler } = versions[version]
  const like = new (generated as ClientClass)({ adapter: new PrismaBetterSqlite3({ url: ':memory:' }) })
  const require = createRequire(import.meta.url)
  const file = (name: string): string => `${folder}/${compiler}.sqlite.${name}`
  return runtime.getPrismaClient({
    previewFeatures: [],
    clientVersion: '7.0.0',
    engineVersion: '0',
    activeProvider: 'sqlite',
    inlineSchema: like._engineConfig.inlineSchema,
    runtimeDataModel: like._runtimeDataModel,
    parameterizationSchema: (like._engineConfig as { parameterizationSchema?: unknown })
      .parameterizationSchema,
    compilerWasm: {
      getRuntime: async () => require(file('js')) as unknown,
      getQueryCompilerWasmModule: async () => {
        const { wasm } = require(file('wasm-base64.js')) as { wasm: string }
        return new Module(Buffer.from(wasm, 'base64'))
      },
      importName: `./${compiler}.js`,
    },
  } as never) as unknown as ClientClass
}

const makers = (version: keyof typeof versions) => {
  const classes = { source: classOf(version, SqliteSource), target: classOf(version, SqliteTarget) }
  return ({ connection }: FreshDatabase, side: 'source' | 'target', options: object = {}) => {
    const adapter = new PrismaBetterSqlite3({ url: `file:${(connection as FileConnection).filename}` })
    return new classes[side]({ adapter, ...options })
  }
}

describe.each(['lowest', 'latest'] as const)("Prisma's %s version", (version) => {
  it('has all members that are used', async () => {
    const database = await freshDatabase('sqlite')
    const { _originalClient, _runtimeDataModel } = makers(version)(database, 'source')
    const { _engine } = _originalClient
    for (const name of ['request', 'requestBatch', 'transaction', 'start', 'stop']) {
      expect(_engine[name]).toBeTypeOf('function')
    }
    expect(_engine.config).toMatchObject({ inlineSchema: expect.stringContaining('model User') as string })
    expect(_engine.config).toHaveProperty('adapter.connect')
    expect(_runtimeDataModel).toHaveProperty('models.User.fields')
    await database.drop()
  })

  it('carries a migration through all stages', async () => {
    const world = await openWorld('sqlite', 'sqlite', { make: makers(version) })
    try {
      const { prisma } = world
      for (const stage of stages) {
        await world.toStage(stage)
        const email = `${stage}@x`
        const made = await prisma.user.create({
          data: {
            email,
            role: 'ADMIN',
            posts: { create: { title: 't', tags: { create: { label: stage } } } },
          },
          include: { posts: { include: { tags: true } } },
        })
        expect(made.posts[0]!.tags[0]!.label).toBe(stage)
        await prisma.$transaction(async (tx) => tx.user.update({ where: { email }, data: { balance: 1 } }))
        await prisma.$transaction([
          prisma.user.update({ where: { email }, data: { balance: { increment: 1 } } }),
        ])
        expect(await prisma.user.findUnique({ where: { email } }).posts()).toHaveLength(1)
        expect(await prisma.user.count({ where: { balance: 2 } })).toBe(stages.indexOf(stage) + 1)
        if (stagePlan(stage).journaled) {
          const refused = prisma.$executeRawUnsafe(
            `WITH gone AS (SELECT 1) DELETE FROM ${stage === 'source-first' ? '"User"' : 'app_users'}; SELECT 1`,
          )
          await world.settled()
          await expect(refused).rejects.toMatchObject({ code: expect.stringMatching(/^TW_/) as string })
        }
      }
      expect(Object.keys((await world.contents('target'))['User']!)).toHaveLength(4)
    } finally {
      await world.close()
    }
  })
})

// What doubleWrite() does not take is an error with a code at once, that tells how to mend it.

import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { PrismaPg } from '@prisma/adapter-pg'
import { makeTypedQueryFactory } from '@prisma/client/runtime/client'
import { doubleWrite, type DoubleWriteOptions, perSide } from '@twinwrite/prisma'
import { defineMigration } from '@twinwrite/sql'
import { describe, expect, it } from 'vitest'
import { PrismaClient as Mongo } from './generated/mongodb-target/client/client.ts'
import { PrismaClient as MysqlSource, Prisma } from './generated/mysql-source/client/client.ts'
import { PrismaClient as OtherModels } from './generated/only-postgres-target/client/client.ts'
import { PrismaClient as Source } from './generated/postgresql-source/client/client.ts'
import { PrismaClient as Target } from './generated/postgresql-target/client/client.ts'
import { PrismaClient as SqliteSource } from './generated/sqlite-source/client/client.ts'

const adapter = (): PrismaPg => new PrismaPg('postgres://localhost:1/x')
const source = (): Source => new Source({ adapter: adapter() })
const target = (): Target => new Target({ adapter: adapter() })
const migration: DoubleWriteOptions['migration'] = (tables) => defineMigration({ name: 'shop', tables })

const invalid = (...texts: string[]): unknown =>
  expect.objectContaining({
    name: 'TwinwriteError',
    code: 'TW_CONFIG_INVALID',
    message: expect.stringMatching(new RegExp(texts.join('[\\s\\S]*'))) as string,
  })

const unsupported = (text: string): unknown =>
  expect.objectContaining({
    code: 'TW_ENGINE_UNSUPPORTED',
    message: expect.stringContaining(text) as string,
  })

/** A client whose engine's config says something else. */
function withConfig<T extends object>(client: T, config: object): T {
  const { _originalClient } = client as unknown as { _originalClient: { _engine: { config: object } } }
  _originalClient._engine.config = { ..._originalClient._engine.config, ...config }
  return client
}

describe('doubleWrite() refuses', () => {
  it.each([
    [undefined, invalid('takes \\{ target, migration \\}, not missing')],
    [{ target: target(), migration, other: 1 }, invalid('"other" is no option')],
    [{ migration }, invalid('option target is missing')],
    [{ target: 'postgres://', migration }, invalid('option target is "postgres://"')],
    [{ target: {}, migration }, invalid('option target is no PrismaClient')],
    [{ target: target() }, invalid('option migration is missing')],
    [{ target: target(), migration: {} }, invalid('option migration is an object')],
    [{ target: target(), migration, ownConnections: 7 }, invalid('option ownConnections is 7')],
  ])('options %#', (options, error) => {
    expect(() => doubleWrite(options as never)).toThrow(error)
  })

  it('a client of Prisma Accelerate, and one without an adapter', () => {
    const through = withConfig(source(), { accelerateUrl: 'prisma://x', adapter: undefined })
    expect(() => through.$extends(doubleWrite({ target: target(), migration }))).toThrow(
      unsupported('Prisma Accelerate'),
    )
    const without = withConfig(source(), { adapter: undefined })
    expect(() => without.$extends(doubleWrite({ target: target(), migration }))).toThrow(
      unsupported('the client has no driver adapter'),
    )
    expect(() => doubleWrite({ target: withConfig(target(), { adapter: undefined }), migration })).toThrow(
      unsupported('option target has no driver adapter'),
    )
  })

  it('a client of MongoDB, which Prisma itself makes only for Accelerate', () => {
    const mongo = (): Mongo => new Mongo({ accelerateUrl: 'prisma://localhost/?api_key=k' })
    expect(() => mongo().$extends(doubleWrite({ target: target(), migration }))).toThrow(
      unsupported('the client is generated for the provider mongodb'),
    )
    expect(() => doubleWrite({ target: mongo(), migration })).toThrow(
      unsupported('option target is generated for the provider mongodb'),
    )
  })

  it.each(['vercel-edge', 'workerd', 'react-native'])('a client generated for %s', (runtime) => {
    const schema = `generator client {\n  provider = "prisma-client"\n  runtime  = "${runtime}"\n}`
    const edge = withConfig(source(), { inlineSchema: schema })
    expect(() => edge.$extends(doubleWrite({ target: target(), migration }))).toThrow(
      unsupported(`generated for the runtime ${runtime}`),
    )
    expect(() => doubleWrite({ target: edge, migration })).toThrow(unsupported('option target'))
  })

  it.each(['@prisma/adapter-d1', '@prisma/adapter-mssql', '@prisma/adapter-libsql'])(
    'the adapter %s',
    (adapterName) => {
      const other = withConfig(source(), {
        adapter: { adapterName, provider: 'sqlite', connect: () => undefined },
      })
      expect(() => other.$extends(doubleWrite({ target: target(), migration }))).toThrow(
        unsupported(`the driver adapter ${adapterName}`),
      )
    },
  )

  it('a client that lacks what every client of Prisma 7 has, by its name', () => {
    const client = source()
    const { _originalClient } = client as unknown as {
      _originalClient: { _engine: { requestBatch?: unknown } }
    }
    Object.defineProperty(_originalClient._engine, 'requestBatch', { value: undefined })
    expect(() => client.$extends(doubleWrite({ target: target(), migration }))).toThrow(
      unsupported('_originalClient._engine.requestBatch'),
    )
  })

  it('models that differ, with the differences', () => {
    const other = new OtherModels({ adapter: adapter() })
    expect(() => source().$extends(doubleWrite({ target: other, migration }))).toThrow(
      invalid(
        'models of the target differ',
        '- User \\(model\\)',
        '\\+ Listing.words \\(String\\[\\]\\)',
        '@map',
      ),
    )
  })

  it('enums and lists that differ, which the schema alone tells', () => {
    const { inlineSchema } = (target() as unknown as { _engineConfig: { inlineSchema: string } })
      ._engineConfig
    const other = withConfig(target(), {
      inlineSchema: inlineSchema
        .replace(/^\s*ADMIN.*$/m, '  CHIEF')
        .replace(/^(\s*name\s+)String\?/m, '$1String[]'),
    })
    expect(() => source().$extends(doubleWrite({ target: other, migration }))).toThrow(
      invalid(
        '- Role.ADMIN \\(value\\)',
        '\\+ Role.CHIEF \\(value\\)',
        '! User.name \\(String on the source, String\\[\\] on the target\\)',
      ),
    )
  })

  it('a second doubleWrite on the same client, target or adapter', async () => {
    const dw = (): ReturnType<typeof doubleWrite> => doubleWrite({ target: target(), migration })
    const first = dw()
    const client = source()
    const doubled = client.$extends(first)
    expect(() => doubled.$extends(dw())).toThrow(invalid('has double writes already'))
    expect(() => client.$extends(dw())).toThrow(invalid('has double writes already'))
    expect(() => source().$extends(first)).toThrow(invalid('used for a second client'))
    expect(() => doubleWrite({ target: doubled, migration })).toThrow(invalid('has double writes already'))
    const other = dw()
    const wrapped = other.adapter(adapter())
    expect(() => dw().adapter(wrapped)).toThrow(invalid('has double writes already'))
    expect(() => new Source({ adapter: wrapped }).$extends(dw())).toThrow(
      invalid('has double writes already'),
    )
    await doubled.$disconnect()
  })

  it('an adapter as target of another engine', () => {
    const other = new PrismaBetterSqlite3({ url: 'file:x.db' })
    expect(() => source().$extends(doubleWrite({ target: other, migration }))).toThrow(
      invalid('adapter of sqlite', 'made for postgres'),
    )
  })

  it('MySQL without a way for our own connections, and SQLite in memory', async () => {
    const mysql = new MysqlSource({ adapter: new PrismaMariaDb('mariadb://localhost:1/x') })
    expect(() =>
      mysql.$extends(doubleWrite({ target: new PrismaMariaDb('mariadb://localhost:1/y'), migration })),
    ).toThrow(invalid('ownConnections.source is missing'))
    const memory = new SqliteSource({ adapter: new PrismaBetterSqlite3({ url: ':memory:' }) })
    const file = new PrismaBetterSqlite3({ url: `file:${join(tmpdir(), 'twinwrite-y.db')}` })
    const doubled = memory.$extends(doubleWrite({ target: file, migration }))
    await expect(doubled.$twinwrite.install()).rejects.toMatchObject({
      message: expect.stringContaining("in memory, which a second connection can't see") as string,
    })
    await doubled.$disconnect()
  })

  it('a function that gives no definition, and an adapter whose client was never extended', async () => {
    expect(() =>
      source().$extends(doubleWrite({ target: target(), migration: (() => ({})) as never })),
    ).toThrow(invalid('gave no definition'))
    const dw = doubleWrite({
      target: target(),
      migration: (tables) => defineMigration({ name: 'x', tables }),
    })
    const client = new Source({ adapter: dw.adapter(adapter()) })
    await expect(client.user.count()).rejects.toMatchObject({ code: 'TW_CONFIG_INVALID' })
  })
})

describe('perSide()', () => {
  it('takes two texts, or two of Prisma.sql or TypedSQL with the same values', () => {
    const pair = perSide(Prisma.sql`SELECT ${1} AS a`, Prisma.sql`SELECT ${1} AS b`)
    expect(pair.values).toEqual([1])
    expect(pair.text).toMatch(/^SELECT \$1 AS a\/\*twinwrite /)
    expect(() => perSide(Prisma.sql`SELECT ${1}`, Prisma.sql`SELECT ${2}`)).toThrow(invalid('other values'))
    const typed = makeTypedQueryFactory('SELECT $1 AS a')
    const twin = makeTypedQueryFactory('SELECT ? AS b')
    expect(perSide(typed(1), twin(1))).toBeInstanceOf(typed(1).constructor)
    expect(perSide(typed(1), twin(1)).sql).toMatch(/^SELECT \$1 AS a\/\*twinwrite /)
    expect(() => perSide(typed(1), twin(2))).toThrow(invalid('other values'))
    expect(() => perSide('SELECT 1', 2 as never)).toThrow(invalid('perSide'))
  })
})

// `twinwrite init` as a user meets it: the real command in a project's folder, and the file that it writes used by the other commands.

import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freshDatabase, openSession } from '@twinwrite/testkit'
import Database from 'better-sqlite3'
import { expect, it, onTestFinished } from 'vitest'
import type { Ran } from './testing/run-cli.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const run = fileURLToPath(new URL('../../../scripts/run.mjs', import.meta.url))

interface Project {
  file(name: string, text: string): void
  read(name: string): string
  twinwrite(...inputs: readonly string[]): Promise<Ran>
}

/** A folder in which our packages can be imported, with the URLs of two databases in its environment. */
async function project(engine: 'sqlite' | 'postgres'): Promise<Project> {
  const [source, target] = await Promise.all([freshDatabase(engine), freshDatabase(engine)])
  onTestFinished(() => source.drop())
  onTestFinished(() => target.drop())
  for (const { url } of [source, target]) {
    await create(engine, url)
  }
  const folder = mkdtempSync(fileURLToPath(new URL('../.project-', import.meta.url)))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const env = { ...process.env, SHOP_URL: source.url, TARGET_URL: target.url }
  return {
    file(name, text) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), text)
    },
    read: (name) => readFileSync(join(folder, name), 'utf8'),
    twinwrite: (...inputs) =>
      new Promise((resolve) => {
        execFile(process.execPath, [run, main, ...inputs], { cwd: folder, env }, (error, out, err) =>
          resolve({ code: error === null ? 0 : error.code, out, err }),
        )
      }),
  }
}

async function create(engine: 'sqlite' | 'postgres', url: string): Promise<void> {
  if (engine === 'sqlite') {
    const database = new Database(url.replace('sqlite:', ''))
    database.exec(schema.join(';'))
    return void database.close()
  }
  const session = await openSession(engine, url)
  for (const statement of schema) await session.query(statement)
  session.close()
}

const schema = [
  'CREATE TABLE customers (id bigint PRIMARY KEY, name varchar(20))',
  'CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers (id))',
  'CREATE TABLE knex_migrations (id bigint PRIMARY KEY)',
]

it.each(['sqlite', 'postgres'] as const)(
  'from a knexfile: tables of the database, in a file that every command can use (%s)',
  async (engine) => {
    const { file, read, twinwrite } = await project(engine)
    expect(await twinwrite('init')).toMatchObject({
      code: 2,
      err: expect.stringContaining('there is no Prisma'),
    })
    file('knexfile.js', 'export default { client: "pg", connection: process.env.SHOP_URL }\n')
    expect(await twinwrite('init', '--name', 'shop')).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringContaining('twinwrite.config.ts: 2 tables of knexfile.js'),
    })
    expect(read('twinwrite.config.ts')).toContain('customers: true,\n    orders: true,\n')
    expect(await twinwrite('plan')).toMatchObject({
      code: 0,
      out: expect.stringContaining('orders -> orders: id'),
    })
    expect(await twinwrite('install')).toMatchObject({ code: 0 })
    expect(await twinwrite('status')).toMatchObject({
      code: 0,
      out: expect.stringContaining('shop: source-only'),
    })

    file('twinwrite.config.ts', 'export default 7\n')
    expect(await twinwrite('init')).toMatchObject({ code: 2, err: expect.stringContaining('pass --yes') })
    expect(read('twinwrite.config.ts')).toBe('export default 7\n')
    expect(await twinwrite('status')).toMatchObject({
      code: 2,
      err: expect.stringContaining('expected an object'),
    })
  },
  120_000,
)

it('from a Prisma schema or a TypeORM DataSource, and asks which one where there are both', async () => {
  const { file, twinwrite } = await project('postgres')
  file('prisma/schema.prisma', 'model Order {\n  id BigInt @id\n  @@map("orders")\n}\n')
  file('prisma.config.ts', 'export default { datasource: { url: env("SHOP_URL") } }\n')
  file('src/db.ts', 'export const db = new DataSource({ url: process.env["SHOP_URL"] })\n')
  const both = await twinwrite('init')
  expect(both).toMatchObject({ code: 2, err: expect.stringContaining('--from') })
  expect(JSON.parse((await twinwrite('init', '--from', 'prisma', '--json')).out)).toMatchObject({
    from: 'prisma',
    tables: ['orders'],
    source: 'SHOP_URL',
    target: 'TARGET_URL',
  })
  expect(JSON.parse((await twinwrite('init', '--from', 'typeorm', '--yes', '--json')).out)).toMatchObject({
    from: 'typeorm',
    tables: ['customers', 'knex_migrations', 'orders'],
  })
  expect(await twinwrite('doctor')).toMatchObject({ code: 0 })
}, 120_000)

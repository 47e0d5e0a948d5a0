// The command where something is wrong around it: each error names the thing and says how to mend it, ends with a documented exit
// code, and shows neither a stack nor a password.

import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ConnectionSpec, Side } from '@twinwrite/core'
import { defineMigration } from '@twinwrite/sql'
import {
  adminQuery,
  freshDatabase,
  type FreshDatabase,
  type ServerConnection,
  type ServerEngine,
} from '@twinwrite/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { firstOf } from '../../../test/long.ts'
import { routes } from './app.ts'
import type { SideConfig } from './side-config.ts'
import { type Ran, runCli } from './testing/run-cli.ts'
import { command, folderWith } from './testing/terminal.ts'

/** Every command on a migration, with what it is asked. */
const commands: readonly (readonly string[])[] = [
  ['doctor'],
  ['plan'],
  ['install', '--dry-run'],
  ['install'],
  ['stage'],
  ['stage', 'source-first', '--dry-run'],
  ['stage', 'source-first', '--barrier-timeout', '2'],
  ['status'],
  ['audit'],
  ['backfill', '--dry-run'],
  ['backfill'],
  ['backfill', '--from-dump'],
  ['backfill', 'pause'],
  ['backfill', 'resume'],
  ['backfill', 'set', '--parallel', '3'],
  ['backfill', 'abandon', '--yes'],
  ['verify', '--dry-run'],
  ['verify'],
  ['verify', '--repair'],
  ['repair', '--dry-run'],
  ['repair'],
  ['relay', '--until', 'drained'],
  ['blocked'],
  ['blocked', 'retry'],
  ['blocked', 'drop', '1', '--reason', 'a test', '--yes'],
  ['recover'],
  ['uninstall', '--dry-run'],
  ['uninstall', '--yes'],
]
/** Those that are not on a migration of the configuration, or make databases, are tested by themselves. */
const others = ['init', 'rehearse']

const secret = `open-sesame-${randomBytes(4).toString('hex')}`
const databases = { source: 'postgres', target: 'mysql' } as const satisfies Record<Side, ServerEngine>

/** Not told to anybody, whatever happens. */
function expectDiscreet(ran: Ran, inputs: readonly string[]): void {
  const told = `${ran.out}${ran.err}`
  expect(told, inputs.join(' ')).not.toContain(secret)
  expect(told, inputs.join(' ')).not.toMatch(/^\s+at .*:\d+/m)
}

async function each(config: unknown, look: (ran: Ran, inputs: readonly string[]) => void): Promise<void> {
  for (const inputs of commands) {
    const ran = await runCli(config, inputs)
    expectDiscreet(ran, inputs)
    look(ran, inputs)
    const json = await runCli(config, [...inputs, '--json'])
    expectDiscreet(json, inputs)
    expect(json.err, inputs.join(' ')).toBe('')
    if (json.out !== '') expect(() => JSON.parse(json.out), json.out).not.toThrow()
  }
}

interface Shop {
  readonly databases: Readonly<Record<Side, FreshDatabase<ServerConnection>>>
  config(changed: Partial<Record<Side, SideConfig>>): unknown
}

async function shop(): Promise<Shop> {
  const [source, target] = await Promise.all([
    freshDatabase(databases.source),
    freshDatabase(databases.target),
  ])
  onTestFinished(() => source.drop())
  onTestFinished(() => target.drop())
  for (const { engine, url } of [source, target])
    await adminQuery(engine as ServerEngine, url, 'CREATE TABLE items (id bigint PRIMARY KEY, n int)')
  const spec = ({ engine, connection }: FreshDatabase): ConnectionSpec => ({ engine, connection })
  return {
    databases: { source, target },
    config: (changed) => ({
      migrations: [
        {
          migration: defineMigration({ name: 'shop', tables: { items: true }, beatMs: 100, leaseMs: 300 }),
          source: spec(source),
          target: spec(target),
          ...changed,
        },
      ],
    }),
  }
}

/** A URL in which the password stands where some clients expect it. */
function urlWith(
  { connection }: FreshDatabase<ServerConnection>,
  scheme: string,
  changed: Partial<ServerConnection>,
  where: 'user' | 'query',
): string {
  const { host, port, user, password, database } = { ...connection, ...changed }
  const [name, word] = [encodeURIComponent(user), encodeURIComponent(password)]
  return where === 'user'
    ? `${scheme}://${name}:${word}@${host}:${port}/${database}`
    : `${scheme}://${host}:${port}/${database}?user=${name}&password=${word}`
}

it('knows every command', () => {
  const known = new Set([...commands.map(([name]) => name), ...others])
  const missing = routes.getAllEntries().map(({ name }) => name.original)
  expect(missing.filter((name) => !known.has(name))).toEqual([])
})

/** What is wrong on one side, and in which words that must be said. */
const wrong: readonly (readonly [
  what: string,
  side: Side,
  (database: FreshDatabase<ServerConnection>) => SideConfig,
  RegExp,
])[] = [
  [
    'a source that is down',
    'source',
    (database) => urlWith(database, 'postgres', { port: 1, password: secret }, 'user'),
    /ECONNREFUSED/,
  ],
  [
    'a target that is down',
    'target',
    ({ connection }) => ({ engine: 'mysql', connection: { ...connection, port: 1, password: secret } }),
    /ECONNREFUSED/,
  ],
  [
    'a source that lets nobody of this name in',
    'source',
    (database) => urlWith(database, 'postgres', { user: 'tw_nobody', password: secret }, 'query'),
    /password authentication failed|role "tw_nobody" does not exist/,
  ],
  [
    'a wrong password of the target',
    'target',
    (database) => urlWith(database, 'mysql', { password: secret }, 'user'),
    /Access denied for user/,
  ],
  [
    'an unknown database of the source',
    'source',
    ({ connection }) => ({ engine: 'postgres', connection: { ...connection, database: 'tw_nowhere' } }),
    /database "tw_nowhere" does not exist/,
  ],
  [
    'an unknown database of the target',
    'target',
    ({ connection }) => ({ engine: 'mysql', connection: { ...connection, database: 'tw_nowhere' } }),
    /Unknown database|Access denied/,
  ],
]

const anywhere = ['install --dry-run', 'audit']
/** What works while a side is not to be had. */
const without: Readonly<Record<Side, ReadonlySet<string>>> = {
  source: new Set(anywhere),
  target: new Set(
    anywhere.concat([
      'stage',
      'status',
      'relay --until',
      'blocked',
      'blocked retry',
      'blocked drop',
      'uninstall --dry-run',
    ]),
  ),
}

describe.each(firstOf(wrong, 3))('%s', (_, side, made, words) => {
  it('is told by every command that needs it', async () => {
    const { databases: both, config } = await shop()
    await each(config({ [side]: made(both[side]) }), ({ code, out, err }, inputs) => {
      const told = `${out}${err}`
      const asked = inputs.join(' ')
      const failed = !without[side].has(inputs.slice(0, 2).join(' '))
      expect({ asked, code, told }).toEqual({ asked, code: failed ? 1 : 0, told })
      if (failed) expect(told, asked).toMatch(words)
      if (failed) expect(told, asked).toMatch(new RegExp(`the ${side}|^${side}`, 'm'))
    })
  }, 120_000)
})

const adminOf = (database: FreshDatabase<ServerConnection>) => (sql: string) =>
  adminQuery(database.engine as ServerEngine, database.url, sql)

/** A user of a side with its own password and few rights. */
async function userOn(database: FreshDatabase<ServerConnection>, rights: string): Promise<SideConfig> {
  const name = `tw_cli_${randomBytes(4).toString('hex')}`
  const admin = adminOf(database)
  const { database: schema } = database.connection
  if (database.engine === 'postgres') {
    await admin(`CREATE ROLE ${name} LOGIN PASSWORD '${secret}'`)
    await admin(`GRANT ${rights} ON ALL TABLES IN SCHEMA public TO ${name}`)
    onTestFinished(async () => {
      await admin(`DROP OWNED BY ${name}`)
      await admin(`DROP ROLE ${name}`)
    })
    return urlWith(database, 'postgres', { user: name, password: secret }, 'query')
  }
  await admin(`CREATE USER ${name} IDENTIFIED BY '${secret}'`)
  await admin(`GRANT ${rights} ON ${schema}.* TO ${name}`)
  if (rights === 'ALL') await admin(`GRANT PROCESS ON *.* TO ${name}`)
  onTestFinished(async () => void (await admin(`DROP USER ${name}`)))
  return urlWith(database, 'mysql', { user: name, password: secret }, 'user')
}

const writing = 'SELECT, INSERT, UPDATE, DELETE'

describe.each(['source', 'target'] as const)('a user of the %s with too few rights', (side) => {
  it('is told what an administrator has to do, and nothing was changed', async () => {
    const { databases: both, config } = await shop()
    const poor = config({ [side]: await userOn(both[side], writing) })
    const refused = await runCli(poor, ['install'])
    expectDiscreet(refused, ['install'])
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('TW_INSTALL_DENIED') })
    expect(refused.err).toContain('`twinwrite install --dry-run`')
    const examined = await runCli(poor, ['doctor'])
    expect(examined).toMatchObject({ code: 1, out: expect.stringContaining('mend: GRANT CREATE') })
    const script = JSON.parse((await runCli(poor, ['install', '--dry-run', '--json'])).out)
    for (const name of ['source', 'target'] as const)
      for (const statement of script.statements[name]) await adminOf(both[name])(statement)
    await each(poor, ({ code }, inputs) => expect([0, 1], inputs.join(' ')).toContain(code))
  }, 120_000)

  it('who may only read is refused by name where something must be written', async () => {
    const { databases: both, config } = await shop()
    expect(await runCli(config({}), ['install'])).toMatchObject({ code: 0 })
    const reader = config({ [side]: await userOn(both[side], 'SELECT') })
    const writes = side === 'source' ? 'stage source-first --barrier-timeout 2' : 'backfill'
    await each(reader, ({ code, err }, inputs) => {
      expect([0, 1], inputs.join(' ')).toContain(code)
      if (inputs.join(' ') !== writes) return
      expect({ code, err }).toEqual({
        code: 1,
        err: expect.stringContaining(`TW_INSTALL_DENIED: the ${side}`),
      })
    })
  }, 120_000)
})

it('shows no password where everything goes well', async () => {
  const { databases: both, config } = await shop()
  const all = { source: 'ALL', target: 'ALL' } as const
  await adminOf(both.source)(`GRANT CREATE ON SCHEMA public TO PUBLIC`)
  const [source, target] = [await userOn(both.source, all.source), await userOn(both.target, all.target)]
  const refused = new Set(['uninstall --yes'])
  await each(config({ source, target }), ({ code, out, err }, inputs) => {
    expect(code, `${inputs.join(' ')}: ${out}${err}`).toBe(refused.has(inputs.join(' ')) ? 1 : 0)
  })
}, 120_000)

const ofSides = `source: 'postgres://ann:${secret}@127.0.0.1:1/shop', target: 'file:shop.db'`
const ofMigration = `migration: defineMigration({ name: 'shop', tables: { items: true } })`
const imports = `import { defineMigration } from '@twinwrite/sql'\n`

describe('a configuration', () => {
  it.each([
    [
      'with a slip of the pen',
      `${imports}export default { migrations: [{ ${ofMigration}, ${ofSides} ]`,
      /can't be read: /,
    ],
    ['that throws', `throw new Error('SOURCE_URL is not set')`, /can't be read: SOURCE_URL is not set/],
    ['of a package that is not there', `import 'nothing-like-it'`, /can't be read: .*nothing-like-it/],
    ['with another export', `export default { migratons: [] }`, /expected .*\{ migrations \}/],
    [
      'with a misspelt option',
      `${imports}export default { migrations: [{ ${ofMigration}, ${ofSides}, verfy: {} }] }`,
      /migrations\[0\]: expected an object \{ migration, source, target/,
    ],
    [
      'with a URL that is not set',
      `${imports}export default { migrations: [{ ${ofMigration}, source: process.env.NOT_SET, target: 'file:x' }] }`,
      /migrations\[0\]\.source: expected a URL/,
    ],
    [
      'with a misspelt option of the mapping',
      `${imports}defineMigration({ name: 'shop', tables: { items: { targt: 'x' } } })`,
      /targt/,
    ],
  ])(
    '%s is a wrong one by name',
    async (_, text, words) => {
      const cwd = folderWith(text)
      const { code, out, err } = await command(cwd, ['status']).ended
      expectDiscreet({ code, out, err }, ['status'])
      expect({ code, out, err }).toEqual({ code: 2, out: '', err: expect.stringMatching(words) })
      const json = await command(cwd, ['plan', '--json']).ended
      expectDiscreet(json, ['plan', '--json'])
      expect(JSON.parse(json.out)).toMatchObject({ error: { code: 'TW_CONFIG_INVALID' } })
    },
    30_000,
  )

  it('that is not there says how to make one', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'twinwrite-cli-'))
    onTestFinished(() => rmSync(cwd, { recursive: true }))
    const none = await command(cwd, ['doctor']).ended
    expect(none).toMatchObject({
      code: 2,
      err: expect.stringMatching(/no twinwrite.config.ts in .*twinwrite init/),
    })
    const other = await command(cwd, ['doctor', '--config', 'other.ts']).ended
    expect(other).toMatchObject({ code: 2, err: expect.stringContaining('there is no file other.ts') })
  }, 30_000)
})

it('names the driver that is not installed, and how to install it', async () => {
  const cwd = folderWith(
    `${imports}export default { migrations: [{ ${ofMigration}, source: 'mysql://ann:${secret}@127.0.0.1:1/x', target: 'file:x' }] }`,
  )
  const hook =
    `export async function resolve(name, context, next) { if (name.startsWith('mysql2')) ` +
    `throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' }); return next(name, context) }`
  const register = `import { register } from 'node:module'; register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hook)}`)})`
  writeFileSync(join(cwd, 'without-driver.mjs'), register)
  const env = { NODE_OPTIONS: `--import ${join(cwd, 'without-driver.mjs')}` }
  for (const inputs of [['doctor'], ['status'], ['install'], ['backfill']]) {
    const ran = await command(cwd, inputs, { env }).ended
    expectDiscreet(ran, inputs)
    expect(`${ran.code} ${ran.out}${ran.err}`).toMatch(/^1 [\s\S]*the driver "mysql2" is not installed/)
  }
}, 60_000)

it('a file that cannot be written is named, and a reader that goes away ends it without a word', async () => {
  const cwd = folderWith('')
  writeFileSync(join(cwd, 'schema.prisma'), 'model Item {\n  id Int @id\n}\n')
  const wrote = await command(cwd, ['init', '--yes']).ended
  expect(wrote, wrote.err).toMatchObject({ code: 0 })
  rmSync(join(cwd, 'twinwrite.config.ts'))
  mkdirSync(join(cwd, 'twinwrite.config.ts'))
  const failed = await command(cwd, ['init', '--yes']).ended
  expectDiscreet(failed, ['init'])
  expect(failed).toMatchObject({ code: 1, err: expect.stringMatching(/EISDIR.*twinwrite\.config\.ts/) })

  const gone = command(cwd, ['--help'])
  gone.child.stdout!.destroy()
  expect(await gone.ended).toMatchObject({ err: '' })
}, 60_000)

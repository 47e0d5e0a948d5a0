import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileStage } from '@twinwrite/control'
import { type ConnectionSpec, packageVersion, type RunningMigration, type Side } from '@twinwrite/core'
import { defineMigration } from '@twinwrite/sql'
import { expect, it, onTestFinished } from 'vitest'
import { runCli } from './testing/run-cli.ts'
import { shop } from './testing/shop.ts'

it('goes through the stages with one command each, and shows where it is', async () => {
  const { cli, json } = await shop()
  expect(await cli('status')).toMatchObject({ code: 0, out: expect.stringContaining('shop: not installed') })
  expect(await cli('install')).toMatchObject({ code: 0, out: 'installed: shop is in source-only\n' })
  expect(await cli('stage')).toMatchObject({ code: 0, out: 'source-only\n' })
  expect((await cli('stage', 'source-first')).out).toMatch(
    /^source-only -> source-first: .*\nsource-first after /,
  )
  const closed = await cli('stage', 'target-first')
  expect(closed).toMatchObject({ code: 1, err: expect.stringContaining('TW_GATES_CLOSED: source-first') })
  expect(closed.err).toContain('verified: none, asked for a clean full and reverse verification')
  expect(await cli('stage', 'target-first', '--dry-run')).toMatchObject({
    code: 1,
    out: expect.stringMatching(/nothing was changed\n(.*\n)*  CLOSED +verified +none; asked for/),
  })
  expect(await cli('stage', 'target-first', '--force')).toMatchObject({ code: 2 })
  expect(await cli('verify', '--full')).toMatchObject({ code: 0 })
  expect(await cli('stage', 'target-first', '--dry-run')).toMatchObject({ code: 0 })
  expect(await json('stage', 'target-first', '--reason', 'as agreed')).toMatchObject({
    from: 'source-first',
    to: 'target-first',
    switched: { pauseMs: expect.any(Number) },
  })
  expect(await json('status')).toMatchObject({ stage: 'target-first', primary: 'target', lagMs: 0 })
  expect(await cli('stage', 'source-first')).toMatchObject({ code: 0 })
  const trail = (await json('audit')) as unknown as Record<string, unknown>[]
  expect(trail.map(({ to, outcome, reason }) => [to, outcome, reason])).toEqual([
    ['source-first', 'done', null],
    ['target-first', 'done', 'as agreed'],
    ['target-first', 'refused', null],
    ['source-first', 'done', null],
  ])
  expect((await cli('audit', '--limit', '2')).out).toMatch(/writes waited .*\n.*reason: as agreed/s)
  expect(await cli('recover')).toMatchObject({ code: 0, out: 'no switch was left half-way\n' })
}, 60_000)

it('tells the stage source of a step, and shows what it says or why it says nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'twinwrite-cli-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, 'stage')
  const { cli, json } = await shop(undefined, {}, fileStage({ path }))
  await cli('install')
  expect((await cli('status')).out).toMatch(/heard +file .*stage: says nothing\n/)
  await cli('stage', 'source-first')
  expect(await json('status')).toMatchObject({ heard: { stage: 'source-first', trouble: null } })
  await writeFile(path, 'sauce-first')
  expect((await cli('status')).out).toMatch(/heard +file .*"sauce-first", which is no stage/)
})

it('shows each process with what it has seen: the one that is behind first, the one that died last', async () => {
  const { cli, json, config, source } = await shop()
  const sides = config.migrations[0] as unknown as Record<Side, ConnectionSpec>
  const tables = { items: { target: 'things', columns: { label: 'name' } } }
  await cli('install')
  await cli('stage', 'source-first')
  const start = (orm: string, more: object): RunningMigration => {
    const migration = defineMigration({ name: 'shop', tables, ...more }).start(sides, orm)
    onTestFinished(() => migration.close())
    return migration
  }
  const current = start('knex', { beatMs: 100, leaseMs: 300 })
  start('prisma', { beatMs: 60_000, leaseMs: 120_000 })
  const processes = async () => (await json('status'))['processes'] as unknown as Record<string, unknown>[]
  await expect.poll(async () => (await processes()).length, { timeout: 10_000 }).toBe(2)
  // A step that a process with a long beat does not notice.
  const { epoch } = await current.look()
  const frozen = { role: 'frozen', epoch: epoch + 1, stage: 'source-first' } as const
  await current.stores.source.changeFence({ role: 'primary', epoch }, frozen, 1000)
  await cli('recover')
  await current.stores.source.beat({
    id: 'dead',
    host: 'web-9',
    pid: 12,
    version: packageVersion,
    orm: 'typeorm',
    stage: 'source-first',
    epoch,
  })
  await source(`UPDATE _tw_process SET seen_at = seen_at - 60000 WHERE id = 'dead'`)
  const here = { host: hostname(), pid: process.pid, version: packageVersion, stage: 'source-first' }
  await expect.poll(processes, { timeout: 10_000 }).toMatchObject([
    { state: 'behind', orm: 'prisma', epoch, ...here },
    { state: 'current', orm: 'knex', epoch: epoch + 2, ...here },
    { state: 'silent', orm: 'typeorm', host: 'web-9', pid: 12, epoch },
  ])
  const { out } = await cli('status')
  expect(out).toMatch(/processes +2 live, version \S+; 1 BEHIND; 1 silent\n\n/)
  expect(out).toMatch(
    new RegExp(`\n  BEHIND +${hostname()} +${process.pid} +prisma +.* source-first +${epoch} +.* ago\n`),
  )
  expect(out).toMatch(/\n  silent +web-9 +12 +typeorm +.* 1 min \d+ s ago\n$/)

  const ending = new AbortController()
  setTimeout(() => ending.abort(), 1500)
  const watched = await runCli(config, ['status', '--watch', '--json'], { ending: ending.signal })
  const looks = watched.out.trim().split('\n')
  expect(looks.length).toBeGreaterThan(1)
  for (const look of looks)
    expect(JSON.parse(look)).toMatchObject({ processes: [{ state: 'behind' }, {}, {}] })
})

it('refuses a step that is none, and says which error it is', async () => {
  const { cli, json } = await shop()
  await cli('install')
  const refused = await cli('stage', 'target-first')
  expect(refused).toMatchObject({ code: 1, out: expect.not.stringContaining('switched') })
  expect(refused.err).toContain('TW_STAGE_STEP: no step from source-only to target-first')
  expect(await json('stage', 'target-first')).toEqual({
    error: expect.objectContaining({ code: 'TW_STAGE_STEP', retryable: false, hint: expect.any(String) }),
  })
  expect(await cli('stage', 'nowhere')).toMatchObject({ code: 2 })
})

it('asks before it takes away, and goes on with --yes', async () => {
  const { cli } = await shop()
  await cli('install')
  const asked = await cli('uninstall')
  expect(asked).toMatchObject({ code: 2, err: expect.stringContaining('pass --yes') })
  expect(await cli('stage')).toMatchObject({ out: 'source-only\n' })
  expect((await cli('uninstall', '--dry-run')).out).toContain('DROP TABLE IF EXISTS "_tw_fence"')
  expect(await cli('uninstall', '--yes')).toMatchObject({ code: 0 })
  expect((await cli('status')).out).toContain('no control tables')
})

it('prints the exact statements of install, which an administrator can run instead', async () => {
  const { cli, json, source, target } = await shop()
  expect((await cli('install', '--dry-run')).out).toContain('-- on the target\nCREATE TABLE IF NOT EXISTS')
  const { statements } = (await json('install', '--dry-run')) as unknown as {
    statements: Record<'source' | 'target', string[]>
  }
  for (const statement of statements.source) await source(statement)
  for (const statement of statements.target) await target(statement)
  expect(await json('status')).toMatchObject({ installed: true, stage: 'source-only' })
})

it('plans: problems by table, and a table for the target that is missing', async () => {
  const { cli, source, target } = await shop({ items: true })
  await source(`COMMENT ON TABLE items IS 'x'`)
  await target('DROP TABLE things')
  const planned = await cli('plan')
  expect(planned).toMatchObject({ code: 1 })
  expect(planned.out).toContain('error TW_TABLE_UNKNOWN: the target (mysql) has no table items')
  const create = /^CREATE TABLE `items` \([^;]*\)/m.exec(planned.out)![0]
  await target(create)
  expect(await cli('plan')).toMatchObject({
    code: 0,
    out: expect.stringContaining('items -> items: id, label'),
  })
})

it('proposes missing tables in the order in which they can be made, and says no more of their foreign keys', async () => {
  const { cli, source, target } = await shop({ children: true, items: true })
  await source('CREATE TABLE children (id bigint PRIMARY KEY, item bigint REFERENCES items (id))')
  await target('DROP TABLE things')
  const { out } = await cli('plan')
  expect(out).not.toContain('FOREIGN_KEY')
  const statements = [...out.matchAll(/^CREATE TABLE `(?:items|children)` \([^;]*\)/gm)].map(([text]) => text)
  expect(statements).toHaveLength(2)
  for (const statement of statements) await target(statement)
  expect(await cli('plan')).toMatchObject({ code: 0 })
})

it('finds what is in the way, with the SQL that mends it', async () => {
  const { cli, json, source, target } = await shop({
    items: { target: 'things', columns: { label: 'name' } },
  })
  expect(await cli('doctor')).toMatchObject({ code: 0, out: expect.stringMatching(/ok +PostgreSQL \d+/) })
  await target('ALTER TABLE things ENGINE = MyISAM')
  await source('ALTER TABLE items ALTER COLUMN label TYPE varchar(40)')
  const found = (await json('doctor')) as unknown as Record<
    string,
    { level: string; message: string; mend: string }[]
  >
  expect(found['target']!.find(({ level }) => level === 'error')).toMatchObject({
    message: 'things is kept by MyISAM, which has no transactions',
    mend: expect.stringContaining('`things` ENGINE = InnoDB'),
  })
  expect(found['mapping']![0]).toMatchObject({
    level: 'error',
    message: expect.stringContaining('TW_TYPE_LOSSY'),
  })
  expect(await cli('doctor')).toMatchObject({ code: 1 })
})

it('lists, retries and drops rows that the target does not accept', async () => {
  const { cli, json, source, target, config } = await shop()
  await cli('install')
  await cli('stage', 'source-first')
  await target(`ALTER TABLE things ADD CONSTRAINT short CHECK (length(name) < 5)`)
  await source(`INSERT INTO items VALUES (1, 'far too long'), (2, 'ok'), (3, 'also too long')`)
  await source(`INSERT INTO _tw_journal (migration, cohort, tbl, row_key, op, epoch)
    SELECT 'shop', '*', 'items', id::text, 'insert', 2 FROM items`)
  const ending = new AbortController()
  const relay = runCli(config, ['relay'], { ending: ending.signal })
  const blocked = async (): Promise<{ id: string; key: string }[]> =>
    (await json('blocked'))['blocked'] as unknown as { id: string; key: string }[]
  await expect.poll(blocked, { timeout: 30_000 }).toHaveLength(2)
  ending.abort()
  expect(await relay).toMatchObject({ code: 0, out: expect.stringContaining('rows applied here') })

  const listed = await cli('blocked')
  expect(listed).toMatchObject({ code: 1, out: expect.stringContaining('short') })
  const [first, second] = await blocked()
  await target('ALTER TABLE things DROP CHECK short')
  expect(await cli('blocked', 'retry', first!.id)).toMatchObject({ out: '1 row will be tried again\n' })
  expect(await cli('relay', '--until', 'drained')).toMatchObject({ code: 0 })
  expect((await blocked()).map(({ key }) => key)).toEqual([second!.key])

  expect(await cli('blocked', 'drop', second!.id, '--reason', 'agreed with Ann')).toMatchObject({ code: 2 })
  expect(await cli('blocked', 'drop', second!.id, '--reason', 'agreed with Ann', '--yes')).toMatchObject({
    code: 0,
  })
  expect(await blocked()).toEqual([])
  expect((await cli('status')).out).toContain('given up: agreed with Ann')
  expect((await cli('stage', 'target-first')).err).toMatch(
    /TW_GATES_CLOSED: .*marks: items, asked for no table mark/,
  )
  expect(await cli('backfill', '--way', 'live', '--tables', 'items')).toMatchObject({ code: 0 })
  expect(await json('status')).toMatchObject({ marks: [] })
}, 60_000)

it('never prints a secret, not even of a configuration that is wrong', async () => {
  const secret = 'open-sesame'
  const migration = defineMigration({ name: 'shop', tables: { items: true } })
  const url = `postgres://ann:${secret}@127.0.0.1:1/shop`
  const unreachable = {
    migrations: [{ migration, source: url, target: `mysql://ann:${secret}@127.0.0.1:1/shop` }],
  }
  for (const inputs of [['doctor'], ['status'], ['status', '--json'], ['plan'], ['install']]) {
    const ran = await runCli(unreachable, inputs)
    expect(`${ran.out}${ran.err}`, inputs.join(' ')).not.toContain(secret)
    expect(`${ran.out}${ran.err}`).not.toBe('')
  }
  const wrong = await runCli({ migrations: [{ migration, source: `oracle://${secret}`, target: 5 }] }, [
    'status',
  ])
  expect(wrong).toMatchObject({ code: 2 })
  expect(wrong.err).toContain(
    'migrations[0].source: expected a URL (postgres:, mysql:, mariadb:, sqlite:, file:)',
  )
  expect(wrong.err).toContain('migrations[0].target: expected a URL')
  expect(wrong.err).not.toContain(secret)
}, 60_000)

it('needs the name of the migration where there are several', async () => {
  const entry = (name: string) => ({
    migration: defineMigration({ name, tables: { items: true } }),
    source: `file:/nowhere/${name}.db`,
    target: `file:/nowhere/${name}-2.db`,
  })
  const config = { migrations: [entry('one'), entry('two')] }
  expect(await runCli(config, ['stage'])).toMatchObject({ code: 2, err: expect.stringContaining('one, two') })
  expect((await runCli(config, ['stage', '-m', 'three'])).err).toContain('no migration is named "three"')
  expect((await runCli(config, ['install', '-m', 'two', '--dry-run'])).out).toContain(`VALUES ('two', '*'`)
})

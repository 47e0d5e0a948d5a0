// Backfill, verify and repair from the command line, on two real servers.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { runCli } from './testing/run-cli.ts'
import { type Shop, shop } from './testing/shop.ts'

const tables = { items: { target: 'things', columns: { label: 'name' } } }

async function followed(settings: Parameters<typeof shop>[1] = {}, rows = 300): Promise<Shop> {
  const made = await shop(tables, settings)
  await made.source(`INSERT INTO items SELECT n, 'item ' || n FROM generate_series(1, ${rows}) AS n`)
  await made.cli('install')
  expect(await made.cli('stage', 'source-first')).toMatchObject({ code: 0 })
  return made
}

/** Three rows changed behind our back: one each is missing, extra and different. */
async function damage({ target }: Shop): Promise<void> {
  await target(`UPDATE things SET name = 'damaged' WHERE id = 17`)
  await target(`DELETE FROM things WHERE id = 18`)
  await target(`INSERT INTO things (id, name) VALUES (9001, 'extra')`)
}

it('backfill says what it would do, loads, and is seen in status', async () => {
  const { cli, json } = await followed({ backfill: { where: { items: 'id <= 250' } } })
  const preview = await cli('backfill', '--dry-run')
  expect(preview).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^would begin\n {2}1\. +items +fast +about/),
  })
  expect(preview.out).toContain('where id <= 250')
  expect(await json('status')).toMatchObject({ backfill: null })
  const ran = await cli('backfill')
  expect(ran).toMatchObject({
    code: 0,
    err: '',
    out: expect.stringMatching(/loaded in .*\n {2}items +fast +250 rows/),
  })
  expect((await cli('status')).out).toMatch(/backfill +finished, 250 rows/)
  expect(await json('verify')).toMatchObject({ mismatches: 50, tables: [{ mismatches: { missing: 50 } }] })
}, 60_000)

it('dry runs say what would be done before anybody follows, and before the installation', async () => {
  const { cli, json, source } = await shop(tables)
  await source(`INSERT INTO items SELECT n, 'item ' || n FROM generate_series(1, 40) AS n`)
  for (const ready of ['before the installation', 'in source-only']) {
    const loaded = await cli('backfill', '--dry-run')
    expect(loaded, ready).toMatchObject({
      code: 0,
      out: expect.stringMatching(
        /^would begin after `twinwrite stage source-first`.*\n {2}1\. +items +fast +about/,
      ),
    })
    const compared = await cli('verify', '--dry-run')
    expect(compared, ready).toMatchObject({
      code: 0,
      out: expect.stringMatching(
        /^full verify would begin after .*source-first.*\n {2}items +range by range +about/,
      ),
    })
    expect(await cli('repair', '--dry-run'), ready).toMatchObject({
      code: 0,
      out: expect.stringContaining('nothing to repair'),
    })
    for (const command of ['backfill', 'verify', 'repair'])
      expect(await cli(command), `${command} ${ready}`).toMatchObject({
        code: 1,
        err: 'TW_STAGE_STEP: nobody follows in source-only. Run `twinwrite stage source-first` before, so that no write is missed.\n',
      })
    await cli('install')
  }
  await cli('stage', 'source-first')
  expect(await json('verify', '--dry-run')).toMatchObject({
    mode: 'full',
    resumes: false,
    early: false,
    tables: [{ table: 'items', way: 'range' }],
  })
  expect(await json('backfill', '--dry-run')).toMatchObject({ resumes: false, early: false })
})

it('a backfill is refused before writes are followed, and an unknown table is named', async () => {
  const { cli, json } = await shop()
  await cli('install')
  expect(await cli('backfill')).toMatchObject({ code: 1, err: expect.stringContaining('TW_STAGE_STEP') })
  await cli('stage', 'source-first')
  const unknown = {
    error: { code: 'USAGE', message: '--tables: no table is mapped as "nothing"; there are items' },
  }
  expect(await json('backfill', '--tables', 'nothing')).toMatchObject(unknown)
  expect(await json('verify', '--tables', 'nothing')).toMatchObject(unknown)
  expect(await cli('backfill', '--way', 'slow')).toMatchObject({
    code: 2,
    err: '--way takes one of auto, fast, live, not "slow"\n',
  })
  expect(await cli('backfill', '--parallel', 'many')).toMatchObject({ code: 2 })
})

it('a backfill can be slowed, watched, paused and stopped from outside, and goes on where it ended', async () => {
  const { cli, json, config } = await followed({ backfill: { rowsPerSecond: 100 } }, 3000)
  const ending = new AbortController()
  const running = runCli(config, ['backfill', '--way', 'live'], { ending: ending.signal })
  const seen = async (): Promise<Record<string, unknown>> => (await json('status'))['backfill'] ?? {}
  await expect
    .poll(seen, { timeout: 20_000 })
    .toMatchObject({ state: 'running', throttled: 'limit of 100 rows/s' })
  expect(await cli('backfill', 'pause')).toMatchObject({ code: 0 })
  await expect.poll(seen, { timeout: 20_000 }).toMatchObject({ state: 'running', paused: true })
  expect((await cli('status')).out).toMatch(/backfill +[\d,]+ of about .* rows, .*paused/)
  ending.abort()
  const stopped = await running
  expect(stopped).toMatchObject({ code: 1, out: expect.stringContaining('`twinwrite backfill` goes on') })
  expect(stopped.out).toContain('rows/s')
  expect(await seen()).toMatchObject({ state: 'interrupted' })

  expect(await cli('backfill', 'set')).toMatchObject({ code: 2 })
  expect(await json('backfill', 'set', '--rows-per-second', 'none', '--parallel', '3')).toEqual({
    rowsPerSecond: null,
    parallel: 3,
  })
  expect(await cli('backfill', 'resume')).toMatchObject({ code: 0 })
  expect((await cli('backfill', '--dry-run')).out).toMatch(/^would go on/)
  expect(await json('backfill')).toMatchObject({
    outcome: 'finished',
    tables: [{ table: 'items', rows: 3000 }],
  })
  expect(await cli('verify')).toMatchObject({ code: 0 })
}, 90_000)

it('a fast load that was left half-way is shown, and can be abandoned', async () => {
  const { cli, target } = await followed()
  await target(`UPDATE _tw_fence SET role = 'loading'`)
  expect((await cli('status')).out).toContain('loading: a fast backfill fills it')
  expect(await cli('backfill', 'abandon')).toMatchObject({
    code: 2,
    err: expect.stringContaining('pass --yes'),
  })
  expect(await cli('backfill', 'abandon', '--yes')).toMatchObject({ code: 0 })
  expect((await cli('status')).out).toMatch(/target .*: secondary/)
})

it('a target that was filled from a dump is brought up to date by --from-dump, its counters included', async () => {
  const made = await followed()
  const { cli, json, source, target } = made
  await source('ALTER TABLE items ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (START WITH 20000)')
  await target('ALTER TABLE things MODIFY id bigint AUTO_INCREMENT')
  await cli('backfill')
  await damage(made)
  for (const of of [['--dry-run'], ['--way', 'fast'], ['--replica', 'mysql://nowhere/x'], ['--max-lag', '1']])
    expect(await cli('backfill', '--from-dump', ...of), of[0]).toMatchObject({
      code: 2,
      err: expect.stringContaining('--from-dump'),
    })
  await source(
    `INSERT INTO _tw_mark (migration, cohort, tbl, reason) VALUES ('shop', '*', 'items', 'a test')`,
  )
  expect(await json('status')).toMatchObject({ marks: [{ table: 'items' }] })
  expect(await json('backfill', '--from-dump')).toMatchObject({
    clean: true,
    mismatches: 3,
    repair: { repaired: 3 },
  })
  expect(await json('status')).toMatchObject({ marks: [], openMismatches: 0 })
  await target(`INSERT INTO things (name) VALUES ('the next')`)
  expect(Number((await target(`SELECT id FROM things WHERE name = 'the next'`))[0]!['id'])).toBeGreaterThan(
    20_000,
  )
}, 60_000)

it('--from-dump settles only marks from before it began to compare, whoever began to compare before it (W10)', async () => {
  const made = await shop({ items: { target: 'things', columns: { label: 'name' } }, parts: true })
  const { cli, json, source, target, config } = made
  await source('CREATE TABLE parts (id bigint PRIMARY KEY)')
  await target('CREATE TABLE parts (id bigint PRIMARY KEY)')
  await source(`INSERT INTO items SELECT n, 'item ' || n FROM generate_series(1, 20) AS n`)
  await source('INSERT INTO parts SELECT generate_series(1, 3000)')
  await cli('install')
  await cli('stage', 'source-first')
  expect(await cli('backfill', '--tables', 'items')).toMatchObject({
    code: 0,
    out: expect.stringContaining('not loaded yet: parts; a switch waits for all tables'),
  })
  expect((await cli('status')).out).toMatch(/items: fast, 20 of .*, done\n +parts: not begun/)
  expect((await cli('stage', 'target-first')).err).toContain('interrupted, not loaded: parts')
  const brought = `INSERT INTO parts ${Array.from({ length: 3000 }, (_, index) => `SELECT ${index + 1}`).join(' UNION ALL ')}`
  await target(brought)
  expect(await json('backfill', '--from-dump', '--tables', 'parts')).toMatchObject({
    clean: true,
    rows: 3000,
  })
  expect((await cli('status')).out).toMatch(/backfill +finished, 20 rows/)
  /** Ends a run that has compared `items` and not yet `parts`; then somebody writes `items`, who is not captured. */
  const interrupted = async (command: readonly string[], label: string): Promise<void> => {
    const ending = new AbortController()
    const slowly = ['--parallel', '1', '--rows-per-second', '1000']
    const running = runCli(config, [...command, ...slowly], { ending: ending.signal })
    const compared = `SELECT body FROM _tw_checkpoint WHERE run = 'verify-full' AND tbl = 'items' AND body LIKE '%"position":null%'`
    await expect.poll(() => target(compared), { timeout: 20_000, interval: 20 }).toHaveLength(1)
    ending.abort()
    expect(await running).toMatchObject({ code: 1, out: expect.stringContaining('stopped') })
    await source(`UPDATE items SET label = '${label}' WHERE id = 7`)
    await source(
      `INSERT INTO _tw_mark (migration, cohort, tbl, reason) VALUES ('shop', '*', 'items', '${label}')`,
    )
  }
  const seventh = async (): Promise<unknown> => (await target('SELECT name FROM things WHERE id = 7'))[0]

  await interrupted(['verify', '--full'], 'past a verify')
  expect(await json('backfill', '--from-dump')).toMatchObject({ clean: true, mismatches: 1 })
  expect(await seventh()).toEqual({ name: 'past a verify' })
  expect(await json('status')).toMatchObject({ marks: [] })

  await interrupted(['backfill', '--from-dump'], 'past a dump')
  const resumed = await cli('backfill', '--from-dump')
  expect(resumed).toMatchObject({
    code: 0,
    out: expect.stringContaining('marks on items were set meanwhile'),
  })
  expect(await json('status')).toMatchObject({ marks: [{ reason: 'past a dump' }] })
  expect(await json('backfill', '--from-dump')).toMatchObject({ clean: true, mismatches: 1, resumed: false })
  expect(await seventh()).toEqual({ name: 'past a dump' })
  expect(await json('status')).toMatchObject({ marks: [] })
}, 60_000)

it('--from-dump --since brings what was written since, takes away what was deleted, and leaves the rest alone', async () => {
  const tables = { items: { target: 'things', columns: { label: 'name' }, accept: ['at'] } }
  const made = await shop(tables, { verify: { updatedAt: 'at' } })
  const { cli, json, source, target } = made
  await source('ALTER TABLE items ADD at timestamptz')
  await target('ALTER TABLE things ADD at datetime(6)')
  await source(
    `INSERT INTO items SELECT n, 'item ' || n, '2026-01-01T00:00:00Z' FROM generate_series(1, 300) AS n`,
  )
  await cli('install')
  await cli('stage', 'source-first')
  await cli('backfill', '--way', 'live')
  await source(`UPDATE items SET label = 'later', at = '2026-02-01T00:00:00Z' WHERE id <= 40`)
  await source(
    `INSERT INTO items SELECT n, 'new', '2026-02-02T00:00:00Z' FROM generate_series(301, 310) AS n`,
  )
  await source('DELETE FROM items WHERE id = 200')
  await target(`UPDATE things SET name = 'left alone' WHERE id = 100`)

  expect(await cli('backfill', '--since', '2026-01-31T00:00:00Z')).toMatchObject({ code: 2 })
  expect(await cli('backfill', '--from-dump', '--since', '2026-01-31')).toMatchObject({ code: 2 })
  const since = ['--from-dump', '--since', '2026-01-31T00:00:00Z']
  expect(await json('backfill', ...since, '--dry-run')).toMatchObject({
    tables: [{ table: 'items', way: 'since' }],
  })
  expect(await json('backfill', ...since)).toMatchObject({
    outcome: 'finished',
    tables: [{ table: 'items', way: 'since', rows: 50 }],
  })
  expect(await json('verify')).toMatchObject({ mismatches: 1, shown: [{ key: '100' }] })
  expect((await cli('status')).out).toMatch(/backfill +finished, 50 rows/)
}, 60_000)

it('verify exits with 3 where it finds mismatches, repair mends them, and status tells', async () => {
  const made = await followed({ verify: { mask: ['items.label'] } })
  const { cli, json, config } = made
  await cli('backfill')
  expect(await cli('verify')).toMatchObject({
    code: 0,
    out: expect.stringContaining('full verify: clean; 300 rows'),
  })
  await damage(made)
  const found = await cli('verify', '--full')
  expect(found).toMatchObject({ code: 3, out: expect.stringContaining('1 missing, 1 extra, 1 different') })
  expect(found.out).not.toContain('damaged')
  expect(await json('verify', '--mask', 'items.nothing')).toMatchObject({
    error: { code: 'TW_COLUMN_UNKNOWN' },
  })
  expect((await cli('status')).out).toMatch(/verified +full at .*: 3 mismatches open.*\n +open +3 mismatches/)

  expect(await cli('repair', '--dry-run')).toMatchObject({
    code: 2,
    err: expect.stringContaining('--unmasked'),
  })
  const statements = await cli('repair', '--dry-run', '--unmasked')
  expect(statements).toMatchObject({ code: 0, out: expect.stringMatching(/DELETE.*9001[\s\S]*item 17/) })
  const folder = mkdtempSync(join(tmpdir(), 'twinwrite-report-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'report.json'), (await cli('verify', '--keys', 'items:17', '--json')).out)
  writeFileSync(join(folder, 'other.json'), '{}')
  const from = (file: string): Promise<unknown> =>
    runCli(config, ['repair', '--from', file, '--json'], { cwd: folder })
  expect(await from('other.json')).toMatchObject({ code: 2 })
  expect(await from('report.json')).toMatchObject({ code: 0, out: expect.stringContaining('"repaired": 1') })
  expect(await json('status')).toMatchObject({ openMismatches: 2 })
  expect(await cli('repair')).toMatchObject({ code: 0, out: '2 rows repaired, 0 left\n' })
  expect(await json('verify')).toMatchObject({ clean: true })
  const { verified } = (await json('status')) as unknown as { verified: { mode: string }[] }
  expect(verified.find(({ mode }) => mode === 'full')).toMatchObject({ clean: true, open: 0, rows: 300 })
}, 60_000)

it('verify looks at the rows that are named, at a sample, and one mode at a time', async () => {
  const made = await followed()
  const { cli, json } = made
  await cli('backfill')
  await damage(made)
  expect(await json('verify', '--keys', 'items:16,17,9001')).toMatchObject({
    mode: 'keys',
    rows: 3,
    mismatches: 2,
  })
  const would = async (...mode: string[]): Promise<string> => (await cli('verify', ...mode, '--dry-run')).out
  expect(await would('--keys', 'items:17,18')).toMatch(/items +keys +2 rows\n/)
  expect(await would('--sample', '20')).toMatch(/items +sample +about 20 rows\n/)
  expect(await would('--sample', '1')).toMatch(/items +sample +about 1 row\n/)
  expect(await cli('verify', '--keys', 'nothing:1')).toMatchObject({
    code: 2,
    err: expect.stringContaining('items'),
  })
  expect(await json('verify', '--sample', '20')).toMatchObject({ mode: 'sample' })
  expect(await cli('verify', '--sample', '5', '--full')).toMatchObject({ code: 2 })
  expect(await cli('verify', '--incremental')).toMatchObject({
    code: 2,
    err: expect.stringContaining('updatedAt'),
  })
  expect(await json('verify', '--no-reverse', '--repair')).toMatchObject({ repair: { left: [] } })
  expect(await cli('verify', '--repair')).toMatchObject({ code: 0 })
}, 60_000)

it('an incremental verify reads what was written since, by the column of the configuration', async () => {
  const made = await shop(
    { items: { target: 'things', columns: { label: 'name' }, accept: ['at'] } },
    { verify: { updatedAt: { items: 'at' } } },
  )
  const { cli, json, source, target } = made
  await source('ALTER TABLE items ADD at timestamptz')
  await target('ALTER TABLE things ADD at datetime(6)')
  await source(`INSERT INTO items SELECT n, 'item ' || n, now() FROM generate_series(1, 50) AS n`)
  await cli('install')
  await cli('stage', 'source-first')
  await cli('backfill')
  expect((await cli('verify', '--incremental', '--dry-run')).out).toMatch(
    /items +incremental +at most about /,
  )
  expect(await json('verify', '--incremental')).toMatchObject({ mode: 'incremental', rows: 50, clean: true })
  await damage(made)
  const ran = await cli('verify', '--incremental', '--mask', 'items.name')
  expect(ran).toMatchObject({ code: 3, out: expect.stringContaining('1 missing, 0 extra, 1 different') })
  expect(ran.out).not.toContain('damaged')
  expect((await json('status'))['verified']).toMatchObject([{ mode: 'incremental', clean: false }])
}, 60_000)

it('a continuous verify says one line for each pass, and ends with what the last one found', async () => {
  const made = await followed()
  await made.cli('backfill')
  await damage(made)
  const early = new AbortController()
  const first = runCli(made.config, ['verify', '--continuous', '1', '--rows-per-second', '100'], {
    ending: early.signal,
  })
  setTimeout(() => early.abort(), 300)
  expect(await first).toMatchObject({ code: 1, out: expect.stringContaining('before the first pass') })
  const ending = new AbortController()
  const running = runCli(made.config, ['verify', '--continuous', '1', '--json'], { ending: ending.signal })
  setTimeout(() => ending.abort(), 4000)
  const { code, out } = await running
  const passes = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { mode: string; open: number })
  expect(passes.length).toBeGreaterThan(1)
  expect(passes[0]).toMatchObject({ mode: 'full', open: 3 })
  expect(code).toBe(3)
}, 60_000)

it('names what is wrong in the settings of backfill and verify by its path', async () => {
  const { config } = await shop()
  const entry = {
    ...config.migrations[0],
    backfill: { where: { nothing: 'x' }, parallel: 0.5 },
    verify: { mask: ['label'] },
  }
  const ran = await runCli({ migrations: [entry] }, ['status'])
  expect(ran).toMatchObject({ code: 2 })
  expect(ran.err).toContain('migrations[0].backfill.parallel: expected a whole number above 0')
  expect(ran.err).toContain('migrations[0].verify.mask[0]: expected an array of "table.column"')
  const unknown = { ...config.migrations[0], backfill: { where: { nothing: 'x' } } }
  expect((await runCli({ migrations: [unknown] }, ['status'])).err).toContain(
    'migrations[0].backfill.where.nothing: expected the name of a mapping (items)',
  )
})

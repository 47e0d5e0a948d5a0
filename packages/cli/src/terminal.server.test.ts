// Long runs as people see them: bars on a terminal, plain lines elsewhere, and Ctrl-C in the middle.

import { defineMigration } from '@twinwrite/sql'
import { describe, expect, it } from 'vitest'
import { runCli } from './testing/run-cli.ts'
import { twoDatabases } from './testing/shop.ts'
import { command, configText, folderWith, type Place, type Running } from './testing/terminal.ts'

const rows = 1500

interface Terminal {
  run(inputs: readonly string[], place?: Place): Running
  json(...inputs: readonly string[]): Promise<Record<string, unknown>>
}

async function terminal(): Promise<Terminal> {
  const { source, target, there, here } = await twoDatabases()
  await there.query('CREATE TABLE items (id bigint PRIMARY KEY, n int)')
  await here.query('CREATE TABLE items (id bigint PRIMARY KEY, n int)')
  await there.query(`INSERT INTO items SELECT n, n FROM generate_series(1, ${rows}) AS n`)
  const spec = { engine: 'postgres', connection: source.connection } as const
  const other = { engine: 'mysql', connection: target.connection } as const
  const shop = { name: 'shop', tables: { items: true }, beatMs: 100, leaseMs: 300 } as const
  const folder = folderWith(configText(shop, spec, other))
  const run: Terminal['run'] = (inputs, place) => command(folder, inputs, place)
  const config = { migrations: [{ migration: defineMigration(shop), source: spec, target: other }] }
  const json: Terminal['json'] = async (...inputs) =>
    JSON.parse((await runCli(config, [...inputs, '--json'])).out) as Record<string, unknown>
  await json('install')
  await json('stage', 'source-first')
  return { run, json }
}

/** What stays on the screen of the bar, line by line as they were drawn. */
const frames = (out: string): string[] =>
  out
    .split(/\u001b\[(?:1G|999D|\d*D|0?J)|\r/)
    .map((part) => part.replaceAll(/\u001b\[[\d;?]*[a-zA-Z]/g, ''))
    .filter((part) => part.includes('rows'))

const slow = ['--rows-per-second', '800']

describe.each([
  ['backfill', ['backfill', '--way', 'live'], [{ columns: 100, env: { NO_COLOR: '1' } }, {}]],
  ['verify', ['verify', '--full'], [{ columns: 100, env: { CI: 'true' } }]],
] as const)('%s', (name, inputs, plain: readonly Place[]) => {
  it('draws a bar that fits the terminal, and none where nobody wants one', async () => {
    const { run, json } = await terminal()
    if (name === 'verify') await json('backfill')
    const narrow = await run([...inputs, ...slow], { columns: 40 }).ended
    const drawn = frames(narrow.out).filter((frame) => frame.includes('━'))
    expect(drawn.length).toBeGreaterThan(2)
    for (const frame of drawn)
      for (const line of frame.split('\n')) expect(line.trimEnd().length).toBeLessThan(40)
    for (const place of plain) {
      const { code, out } = await run([...inputs, ...slow], place).ended
      expect({ code, out }).toEqual({
        code: 0,
        out: expect.stringMatching(/^[\d,]+ of about [\d,]+ rows, /m),
      })
      expect(out).not.toMatch(/\u001b|━/)
    }
  }, 120_000)

  it('ends cleanly at Ctrl-C, and goes on where it ended', async () => {
    const { run, json } = await terminal()
    if (name === 'verify') await json('backfill')
    const stopped = run([...inputs, ...slow], { columns: 80 })
    await expect.poll(() => /[1-9][\d,]* of about/.test(stopped.out()), { timeout: 30_000 }).toBe(true)
    stopped.child.stdin!.write('\u0003')
    const { code, out } = await stopped.ended
    expect(code, out).toBe(1)
    expect(frames(out).join('\n')).toMatch(/━+ [\d,]+ of about [\d,]+ rows, [\d,]+ rows\/s/)
    expect(out).toContain('goes on where this ended')
    expect(out).not.toMatch(/\n\s+at /)
    expect(await json('status')).toMatchObject({
      stage: 'source-first',
      target: { fence: { role: 'secondary' } },
    })
    const again = await json(...inputs)
    if (name === 'verify') expect(again).toMatchObject({ resumed: true, clean: true, rows })
    else expect(again).toMatchObject({ outcome: 'finished', tables: [{ table: 'items', rows }] })
    expect(await json('verify')).toMatchObject({ clean: true, rows })
  }, 60_000)
})

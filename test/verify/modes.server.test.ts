// The ways of looking besides the full one: what each sees, and what it does not (failure cases h and q).

import { setTimeout as sleep } from 'node:timers/promises'
import { lastVerified, reportLine, verify, verifyContinuously } from '@twinwrite/verify'
import type { Engine } from '@twinwrite/testkit'
import { afterEach, describe, expect, test } from 'vitest'
import { openShop, orderRow, type Shop } from './shop.ts'

let shop: Shop

afterEach(() => shop.close())

const incremental = {
  mode: 'incremental',
  updatedAt: 'updated_at',
  tables: ['orders'],
  overlapMs: 1,
} as const

/** As the app's clock stamps rows. */
function stamp(engine: Engine): unknown {
  const now = new Date()
  return engine === 'sqlite' ? now.toISOString() : now
}

function keysOf(report: {
  readonly shown: readonly { readonly key: string; readonly kind: string }[]
}): string[] {
  return report.shown.map(({ key, kind }) => `${key} ${kind}`).sort()
}

describe.each([
  ['postgres', 'mysql'],
  ['mysql', 'postgres'],
  ['mariadb', 'mariadb'],
] as const)('incremental, %s to %s', (source, target) => {
  test('a transaction that stamps a row and commits it after the next pass is not missed (failure case h, W11)', async () => {
    shop = await openShop(source, target)
    const operator = shop.operator()
    const plain = shop.plain.source
    expect((await verify(operator, incremental).done).rows).toBe(30)

    const late = await plain.transaction()
    await late('orders')
      .where({ id: 5 })
      .update({ note: 'late', updated_at: stamp(source) })
    await sleep(1500)
    await plain('orders')
      .where({ id: 6 })
      .update({ note: 'soon', updated_at: stamp(source) })
    expect(keysOf(await verify(operator, incremental).done)).toEqual(['6 different'])
    const [newest] = await plain('orders').orderBy('updated_at', 'desc').limit(1).pluck('updated_at')
    await late.commit()
    // What a naive watermark, the newest time seen, would look at now.
    expect(await plain('orders').where('updated_at', '>', newest).pluck('id')).toEqual([])
    const report = await verify(operator, { ...incremental, repair: true }).done
    expect(keysOf(report)).toEqual(['5 different', '6 different'])
    expect(report.clean).toBe(true)
    expect(await shop.plain.target('orders').where({ id: 5 }).pluck('note')).toEqual(['late'])
    // Its transaction is gone: what it held back is passed now.
    await sleep(1100)
    await plain('orders')
      .where({ id: 7 })
      .update({ updated_at: stamp(source) })
    await verify(operator, incremental).done
    await sleep(1100)
    await plain('orders')
      .where({ id: 8 })
      .update({ updated_at: stamp(source) })
    expect((await verify(operator, incremental).done).rows).toBeLessThanOrEqual(2)
  })
})

describe.each([
  ['postgres', 'postgres'],
  ['mysql', 'postgres'],
  ['sqlite', 'sqlite'],
] as const)('modes, %s to %s', (source, target) => {
  test('incremental reads on behind rows of one time, sees soft deletes, and leaves hard deletes and silent writes to the full look', async () => {
    shop = await openShop(source, target)
    const operator = shop.operator()
    const at = stamp(source)
    const many = Array.from({ length: 400 }, (_, index) => ({
      ...orderRow(source, 1000 + index),
      placed: at,
      updated_at: at,
    }))
    for (let start = 0; start < many.length; start += 50)
      await shop.db('orders').insert(many.slice(start, start + 50))
    await shop.migration.drain()
    expect(await verify(operator, { ...incremental, chunkMs: 1 }).done).toMatchObject({
      rows: 430,
      clean: true,
    })

    await sleep(1100)
    const { source: there, target: here } = shop.plain
    await there('orders')
      .where({ id: 1 })
      .update({ note: 'soft-deleted', updated_at: stamp(source) })
    await there('orders').where({ id: 2 }).delete()
    await there('orders').where({ id: 3 }).update({ note: 'silent' })
    await here('orders').where({ id: 4 }).update({ note: 'behind' })
    expect(keysOf(await verify(operator, incremental).done)).toEqual(['1 different'])
    const full = await verify(operator, { repair: true }).done
    expect(keysOf(full)).toEqual(['1 different', '2 extra', '3 different', '4 different'])
    expect(full.clean).toBe(true)
    expect((await lastVerified(operator)).map(({ mode, clean }) => [mode, clean])).toEqual([['full', true]])
  })

  test('a table without such a column is refused by name', async () => {
    shop = await openShop(source, target)
    const run = verify(shop.operator(), { mode: 'incremental', updatedAt: 'updated_at' })
    await expect(run.done).rejects.toMatchObject({ code: 'TW_COLUMN_UNKNOWN' })
  })

  test('keys, samples and first looks at a replica find what they look at', async () => {
    shop = await openShop(source, target, { orders: 500 })
    const operator = shop.operator()
    const { target: here } = shop.plain
    await here('orders').where('id', '<=', 250).update({ note: 'half of them' })
    const keys = { orders: ['1', '300', '777'], labels: ['zoo'] }
    const named = await verify(operator, { mode: 'keys', keys }).done
    expect(keysOf(named)).toEqual(['1 different'])
    expect(named.rows).toBe(4)
    const drawn = await verify(operator, { mode: 'sample', sample: 200, tables: ['orders'] }).done
    expect(drawn.rows).toBeLessThan(400)
    expect(drawn.mismatches).toBeGreaterThan(20)
    const replicas = { target: { engine: target, connection: shop.connections.target } }
    const full = await verify(operator, { replicas }).done
    expect(full.mismatches).toBe(250)
  })

  test('passes follow each other until they are not wanted any more', async () => {
    shop = await openShop(source, target)
    const enough = new AbortController()
    const lines: string[] = []
    for await (const report of verifyContinuously(shop.operator(), { everyMs: 5, signal: enough.signal })) {
      lines.push(reportLine(report))
      if (lines.length === 3) enough.abort()
    }
    expect(lines).toHaveLength(3)
    const rows = source === 'postgres' ? 50 : 58
    for (const line of lines) expect(line).toContain(`full verify: clean; ${rows} rows in `)
  })

  test('a run that was stopped says nothing of the rest, and the next one goes on', async () => {
    shop = await openShop(source, target, { orders: 900 })
    const operator = shop.operator()
    const run = verify(operator, { tables: ['orders'], chunkMs: 1, rowsPerSecond: 500 })
    while (run.progress().tables.every(({ rows }) => rows === 0)) await sleep(10)
    run.stop()
    const stopped = await run.done
    expect(stopped).toMatchObject({ stopped: true, clean: false })
    const rest = await verify(operator, { tables: ['orders'] }).done
    expect(rest).toMatchObject({ resumed: true, clean: true, rows: 900, startedAt: stopped.startedAt })
  })
})

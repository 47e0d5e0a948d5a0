// The failure cases that break double writes, each by its letter, on real servers. (Those of the capture of keys, k and p, stand in
// test/capture; kills at random in npm run torture.)

import { TwinwriteError } from '@twinwrite/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { firstOf } from '../long.ts'
import { type App, type Member, type Pair, until, world, type World } from './world.ts'

const pairs: readonly Pair[] = [
  { source: 'postgres', target: 'mysql' },
  { source: 'mysql', target: 'postgres' },
  { source: 'postgres', target: 'postgres' },
  { source: 'mariadb', target: 'postgres' },
]

describe.each(firstOf(pairs, 1))('$source to $target', (pair) => {
  let place: World
  let one: Member
  let app: App

  beforeEach(async () => {
    place = await world(pair)
    one = await place.member()
    await one.migration.install()
    await one.migration.setStage('source-first')
    app = await one.app()
  })

  afterEach(() => place.end())

  const insert = (code: string, total: number): string =>
    `INSERT INTO orders (code, total) VALUES ('${code}', ${total})`

  async function settled(): Promise<string[]> {
    expect(await one.migration.drain({ timeoutMs: 20_000 })).toBe(true)
    const [source, target] = await Promise.all([place.rows('source'), place.rows('target')])
    expect(target).toEqual(source)
    return source
  }

  const codeOf = (error: unknown): unknown => (error instanceof TwinwriteError ? error.code : error)

  test('a: writers of the same rows in several processes leave the secondary as the primary, in order (W5, C1)', async () => {
    for (let id = 1; id <= 5; id++) await app.run(insert(`k${id}`, 0))
    const two = await place.member()
    const apps = await Promise.all([one.app(), one.app(), two.app(), two.app()])
    const writes = apps.map(async (writer, number) => {
      for (let turn = 0; turn < 50; turn++) {
        await writer.run(`UPDATE orders SET total = ${number * 1000 + turn} WHERE id = ${1 + (turn % 5)}`)
      }
    })
    await Promise.all(writes)
    expect(await settled()).toHaveLength(5)
  })

  test('a drain waits for what the journal holds, not for what is written meanwhile (W3)', async () => {
    let writing = true
    const writers = await Promise.all([one.app(), one.app(), one.app()])
    const endless = writers.map(async (writer, number) => {
      for (let turn = 0; writing; turn++) await writer.run(insert(`w${number}-${turn}`, turn))
    })
    await until(async () => (await place.rows('source')).length > 20)
    const before = await place.rows('source')
    expect(await one.migration.drain({ timeoutMs: 20_000 })).toBe(true)
    const there = new Set(await place.rows('target'))
    expect(before.filter((row) => !there.has(row))).toEqual([])
    writing = false
    await Promise.all(endless)
    await settled()
  })

  test('b: a process that dies after its commit and before its apply leaves the row to any other (W3, C2, C3)', async () => {
    await place.proxy.target.refuse()
    const dying = await place.member({ faulty: true, config: { shutdownMs: 0 } })
    const writer = await dying.app()
    await writer.run(insert('orphan', 7))
    expect(await place.rows('target')).toEqual([])
    await dying.close()
    expect(await settled()).toHaveLength(1)
  })

  test('b2: a commit whose answer is lost reaches the secondary, since the journal decides (W3)', async () => {
    const cut = await place.member({ faulty: 'app' })
    const writer = await cut.app()
    await writer.run('BEGIN')
    await writer.run(insert('lost answer', 3))
    const happened = place.proxy.source.cutAfter(
      (bytes, direction) => direction === 'to-server' && /commit/i.test(bytes.toString('latin1')),
    )
    await expect(writer.run('COMMIT')).rejects.toThrow()
    await happened
    await until(async () => (await place.rows('source')).length === 1)
    expect(await settled()).toHaveLength(1)
  })

  test('b3: an apply deletes only the entries that it saw before it read the row (W3, C7)', async () => {
    const writer = await one.app()
    await writer.run(insert('x', 0))
    for (let turn = 1; turn <= 40; turn++) {
      await Promise.all([
        app.run(`UPDATE orders SET total = ${turn} WHERE code = 'x'`),
        writer.run(`UPDATE orders SET note = 'n${turn}' WHERE code = 'x'`),
      ])
    }
    expect(await settled()).toEqual(['1 x 40 n40'])
  })

  test('c: a process that still believes in the old stage is refused by the fence, and follows (W8, C18 to C21)', async () => {
    // Two looks in an hour: this process does not hear of the switch by itself.
    const stale = await place.member({ config: { beatMs: 1_800_000, leaseMs: 3_600_000 } })
    const writer = await stale.app()
    await writer.run(insert('before', 1))
    await one.migration.drain()
    await one.migration.switchStage('target-first')
    const refused = await writer.run(insert('after', 2)).then(() => 'written', codeOf)
    expect(refused).toBe('TW_STAGE_MOVED')
    expect(await writer.run('BEGIN').then(() => 'begun', codeOf)).toBe('TW_STAGE_MOVED')
    expect(await place.rows('source')).toEqual(['1 before 1 null'])
    expect(await settled()).toHaveLength(1)
  })

  test('c: an open transaction does not commit on a side that gave up meanwhile; its error can be retried (W8)', async () => {
    const writer = await one.app()
    await writer.run('BEGIN')
    await writer.run(insert('open', 1))
    await one.migration.switchStage('target-first')
    const error: unknown = await writer.run('COMMIT').then(
      () => 'committed',
      (thrown: unknown) => thrown,
    )
    expect(codeOf(error)).toBe('TW_STAGE_MOVED')
    expect(error).toMatchObject({ retryable: true, primary: 'rolled-back' })
    expect(await place.rows('source')).toEqual([])
    expect(await settled()).toEqual([])
  })

  test('c3: a snapshot that is older than the switch does not get past the fence (W8, C30)', async () => {
    const writer = await one.app()
    if (pair.source === 'postgres') await writer.run('BEGIN ISOLATION LEVEL REPEATABLE READ')
    else {
      await writer.run('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ')
      await writer.run('BEGIN')
    }
    await writer.run('SELECT * FROM orders')
    await one.migration.switchStage('target-first')
    await writer.run(insert('late', 1)).catch(() => undefined)
    await expect(writer.run('COMMIT')).rejects.toThrow()
    expect(await place.rows('source')).toEqual([])
  })

  test('d, g: loading beside live updates and deletes neither overwrites nor resurrects a row (W12, C12 to C14)', async () => {
    await one.migration.setStage('source-only')
    const values = Array.from({ length: 400 }, (_, id) => `('c${id}', ${id})`).join(', ')
    await place.plain('source', `INSERT INTO orders (code, total) VALUES ${values}`)
    await one.migration.setStage('source-first')
    const slow = await place.member({ config: { batchSize: 20 } })
    const writer = await one.app()
    let loading = true
    const live = (async () => {
      for (let turn = 0; loading; turn++) {
        await writer.run(`DELETE FROM orders WHERE id = ${1 + ((turn * 7) % 400)}`)
        await writer.run(`UPDATE orders SET total = total + 1000 WHERE id = ${1 + ((turn * 11) % 400)}`)
      }
    })()
    await slow.migration.load()
    loading = false
    await live
    const left = await settled()
    expect(left.length).toBeLessThan(400)
  })

  test('e: ids given after a switch, and after the way back, never collide (W8)', async () => {
    await app.run(insert('first', 1))
    await app.run(`INSERT INTO orders (id, code, total) VALUES (500, 'explicit', 1)`)
    await one.migration.drain()
    const onTarget = `INSERT INTO purchases (code, amount) VALUES ('CODE', 1)`
    await one.migration.switchStage('target-first')
    const other = await one.app('target')
    await other.run(onTarget.replace('CODE', 'on target'))
    await one.migration.switchStage('source-first')
    await app.run(insert('back', 1))
    await one.migration.switchStage('target-first')
    await other.run(onTarget.replace('CODE', 'again'))
    const rows = await settled()
    const ids = rows.map((row) => Number(row.split(' ')[0]))
    expect(new Set(ids).size).toBe(5)
    expect(ids.filter((id) => id > 500)).toHaveLength(3)
  })

  test('f: an update of a row that is not loaded yet brings the whole row', async () => {
    await one.migration.setStage('source-only')
    await place.plain('source', `INSERT INTO orders (code, total, note) VALUES ('old', 1, 'kept')`)
    await one.migration.setStage('source-first')
    await app.run(`UPDATE orders SET total = 2 WHERE code = 'old'`)
    expect(await settled()).toEqual(['1 old 2 kept'])
  })

  test('j: a unique value that moves between two rows in one transaction arrives (C15, C16)', async () => {
    await app.run(insert('left', 1))
    await app.run(insert('right', 2))
    await settled()
    await app.run('BEGIN')
    await app.run(`UPDATE orders SET code = 'hand' WHERE id = 1`)
    await app.run(`UPDATE orders SET code = 'left' WHERE id = 2`)
    await app.run(`UPDATE orders SET code = 'right' WHERE id = 1`)
    await app.run('COMMIT')
    expect(await settled()).toEqual(['1 right 1 null', '2 left 2 null'])
  })

  test('j: a row that the secondary rejects is parked with its reason, blocks the switch, and nobody else (W7, C17)', async () => {
    const check = pair.target === 'postgres' ? 'purchases_amount_check' : 'amount_check'
    await place.plain('target', `ALTER TABLE purchases ADD CONSTRAINT ${check} CHECK (amount < 100)`)
    await app.run(insert('fine', 1))
    await app.run(insert('too much', 1000))
    await app.run(insert('fine, too', 2))
    await until(async () => (await one.migration.status()).blocked.length === 1)
    const { blocked } = await one.migration.status()
    expect(blocked[0]).toMatchObject({ table: 'orders', key: '2' })
    expect(blocked[0]!.reason).toContain(check)
    expect(await place.rows('target')).toHaveLength(2)
    expect(await one.migration.switchStage('target-first').catch(codeOf)).toBe('TW_SWITCH_REFUSED')
    await app.run('UPDATE orders SET total = 99 WHERE id = 2')
    expect(await settled()).toHaveLength(3)
    expect((await one.migration.status()).blocked).toEqual([])
  })

  test('l: a secondary that refuses, hangs or comes and goes fails no write and catches up by itself (W7)', async () => {
    const writer = await place.member({ faulty: true, config: { apply: 'await', applyBudgetMs: 100 } })
    const client = await writer.app()
    await client.run(insert('well', 1))
    await place.proxy.target.refuse()
    const started = performance.now()
    for (let turn = 0; turn < 20; turn++) await client.run(insert(`refused ${turn}`, turn))
    await place.proxy.target.heal()
    place.proxy.target.blackHole()
    for (let turn = 0; turn < 20; turn++) await client.run(insert(`hanging ${turn}`, turn))
    // 40 writes: each may wait for its budget until the breaker opens after three, and once more per probe.
    expect(performance.now() - started).toBeLessThan(4000)
    await place.proxy.target.heal()
    expect(await settled()).toHaveLength(41)
  })

  test('m: a child that comes before its parent on the secondary pulls it in', async () => {
    await app.run('BEGIN')
    await app.run(insert('parent', 1))
    await app.run('INSERT INTO items (id, order_id, qty) VALUES (1, 1, 2)')
    await app.run('COMMIT')
    await app.run('DELETE FROM items WHERE id = 1')
    await app.run('DELETE FROM orders WHERE id = 1')
    await app.run(`INSERT INTO orders (id, code, total) VALUES (9, 'again', 1)`)
    await app.run('INSERT INTO items (id, order_id, qty) VALUES (2, 9, 2)')
    expect(await settled()).toEqual(['2 9 2', '9 again 1 null'])
  })

  test('n: a transaction that the server rolls back at COMMIT leaves nothing on the secondary (W2)', async () => {
    await app.run(insert('taken', 1))
    await app.run('BEGIN')
    await app.run(insert('phantom', 1))
    await app.run(insert('taken', 2)).catch(() => undefined)
    await app.run('COMMIT')
    const rows = await settled()
    // PostgreSQL turns that COMMIT into a rollback, the others keep what succeeded.
    expect(rows).toHaveLength(pair.source === 'postgres' ? 1 : 2)
  })

  test('o: statements of one transaction that the app does not await keep their order and their keys', async () => {
    for (let turn = 0; turn < 10; turn++) {
      await app.run('BEGIN')
      await Promise.all(
        Array.from({ length: 5 }, (_, index) =>
          index % 2 === 0
            ? app.run(insert(`${turn}.${index}`, index))
            : app.run(`UPDATE orders SET total = total + 1 WHERE code = '${turn}.${index - 1}'`),
        ),
      )
      await app.run(turn % 3 === 0 ? 'ROLLBACK' : 'COMMIT')
    }
    expect(await settled()).toHaveLength(6 * 3)
  })

  test('W2: what a savepoint takes back is not journaled, what it keeps is', async () => {
    await app.run('BEGIN')
    await app.run(insert('kept', 1))
    await app.run('SAVEPOINT s')
    await app.run(insert('taken back', 1))
    await app.run('ROLLBACK TO SAVEPOINT s')
    await app.run(insert('kept, too', 1))
    await app.run('RELEASE SAVEPOINT s')
    await app.run('COMMIT')
    expect(await settled()).toHaveLength(2)
  })
})

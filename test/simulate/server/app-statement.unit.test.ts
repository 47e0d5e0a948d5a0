import { describe, expect, test } from 'vitest'
import { DriverError } from '../ports/driver-error.ts'
import { put, send, SmallWorld } from '../testing/small-world.ts'

const journal = (epoch: number, stale = false): { sql: string; bindings: unknown[] } => ({
  sql: 'journal',
  bindings: [[{ table: 'item', key: '1', op: 'insert' }], epoch, stale],
})

describe('transactions of a simulated app', () => {
  test('show nothing before their commit, and everything at once with it', async () => {
    const world = new SmallWorld()
    await world.run(async () => {
      const connection = world.connection(world.source)
      await send(connection, 'BEGIN')
      await send(connection, put('1', 'one'))
      await connection.own(journal(1))
      expect(world.source.committedRow('item', '1')).toBeNull()
      expect(world.source.journal.size).toBe(0)
      await send(connection, 'COMMIT')
    })
    expect(world.source.committedRow('item', '1')).toEqual(['1', 'L1', 'one'])
    expect(world.source.journal.size).toBe(1)
  })

  test('lose what a savepoint takes back', async () => {
    const world = new SmallWorld()
    await world.run(async () => {
      const connection = world.connection(world.source)
      await send(connection, 'BEGIN')
      await send(connection, put('1', 'kept'))
      await send(connection, 'SAVEPOINT s')
      await send(connection, put('1', 'undone'))
      await send(connection, put('2', 'undone too'))
      await send(connection, 'ROLLBACK TO s')
      await send(connection, 'COMMIT')
    })
    expect(world.source.committedRow('item', '1')).toEqual(['1', 'L1', 'kept'])
    expect(world.source.committedRow('item', '2')).toBeNull()
  })

  test('are aborted by a failed statement on PostgreSQL, and go on without it on MySQL', async () => {
    const commandAfterFailure = async (engine: 'postgres' | 'mysql'): Promise<string> => {
      const world = new SmallWorld(1, engine)
      return world.run(async () => {
        const connection = world.connection(world.source)
        await send(connection, put('1', 'other', 'same'))
        await send(connection, 'BEGIN')
        await send(connection, put('2', 'mine'))
        await expect(send(connection, put('3', 'clash', 'same'))).rejects.toThrow(DriverError)
        const { command } = await send(connection, 'COMMIT')
        return `${command} ${world.source.committedRow('item', '2')?.at(2)}`
      })
    }
    expect(await commandAfterFailure('postgres')).toBe('ROLLBACK undefined')
    expect(await commandAfterFailure('mysql')).toBe('COMMIT mine')
  })

  test('are taken for refused when the fence names another epoch or role', async () => {
    const world = new SmallWorld()
    const answers = await world.run(async () => {
      const connection = world.connection(world.source)
      const first = await connection.own(journal(1))
      const second = await connection.own(journal(2))
      world.source.setFence({ role: 'frozen', epoch: 2, stage: 'source-first' })
      const third = await connection.own(journal(2))
      return [first, second, third].map(({ affected }) => affected)
    })
    expect(answers).toEqual([1, 0, 0])
  })

  test('of PostgreSQL see an old fence in an old snapshot, unless they ask in the safe form (C30)', async () => {
    const world = new SmallWorld()
    await world.run(async () => {
      const connection = world.connection(world.source)
      await send(connection, 'BEGIN REPEATABLE READ')
      world.source.setFence({ role: 'frozen', epoch: 2, stage: 'source-first' })
      expect((await connection.own(journal(1))).affected).toBe(1)
      await expect(connection.own(journal(1, true))).rejects.toMatchObject({ code: '40P01' })
    })
  })

  test('hold the fence until they end, so that a freeze waits for them', async () => {
    const world = new SmallWorld()
    const order: string[] = []
    await world.run(async () => {
      const connection = world.connection(world.source)
      const store = world.store(world.source)
      await send(connection, 'BEGIN')
      await send(connection, put('1', 'one'))
      await connection.own(journal(1))
      const frozen = { role: 'frozen', epoch: 2, stage: 'source-first' } as const
      const freeze = store
        .changeFence({ role: 'primary', epoch: 1 }, frozen, 1000)
        .then(() => order.push('frozen'))
      await world.process().clock.sleep(50)
      await send(connection, 'COMMIT')
      order.push('committed')
      await freeze
    })
    expect(order).toEqual(['committed', 'frozen'])
    expect(world.scheduler.failure).toBeNull()
  })

  test('may commit although their process was killed before it got the answer (zombie statement)', async () => {
    const outcomes = new Set<string>()
    for (let seed = 1; seed <= 20; seed++) {
      const world = new SmallWorld(seed)
      const process = world.process()
      const connection = world.connection(world.source, process)
      let answered = false
      process.spawn('write', async () => {
        await send(connection, put('1', 'one'))
        answered = true
      })
      world.scheduler.after(0.01, null, 'kill', () => process.kill())
      await world.settle()
      expect(answered).toBe(false)
      outcomes.add(world.source.committedRow('item', '1') === null ? 'lost' : 'committed')
      expect(world.source.sessions.size).toBe(0)
    }
    expect([...outcomes].sort()).toEqual(['committed', 'lost'])
  })
})

import { describe, expect, test } from 'vitest'
import { put, send, SmallWorld } from './testing/small-world.ts'

/** Runs the steps and gives the violation that the oracle saw. */
async function violation(run: (world: SmallWorld) => Promise<unknown>): Promise<string | null> {
  const world = new SmallWorld()
  await world.run(() => run(world)).catch(() => undefined)
  return world.scheduler.failure
}

async function applied(world: SmallWorld, key: string, row: string[] | null): Promise<void> {
  const session = await world.store(world.target).beginApply()
  const write = row === null ? { upserts: [], deletes: [key] } : { upserts: [{ key, row }], deletes: [] }
  await session.write([{ table: 'item', ...write }], { displace: false })
  await session.commit()
}

describe('the oracle', () => {
  test('is content with a secondary that skips states but goes forward (W5)', async () => {
    const seen = await violation(async (world) => {
      const connection = world.connection(world.source)
      await send(connection, put('1', 'one'))
      await send(connection, put('1', 'two'))
      await applied(world, '1', ['1', 'L1', 'two'])
      await send(connection, { verb: 'remove', key: '1', token: 'gone' })
      await applied(world, '1', null)
      await applied(world, '1', null)
      world.oracle.atRest()
    })
    expect(seen).toBeNull()
  })

  test('sees a secondary that goes back (W5)', async () => {
    const seen = await violation(async (world) => {
      const connection = world.connection(world.source)
      await send(connection, put('1', 'one'))
      await send(connection, put('1', 'two'))
      await applied(world, '1', ['1', 'L1', 'two'])
      await applied(world, '1', ['1', 'L1', 'one'])
    })
    expect(seen).toContain('W5: item 1 on the target went back')
  })

  test('sees what was never committed (W2)', async () => {
    expect(await violation((world) => applied(world, '1', ['1', 'L1', 'phantom']))).toContain('W2')
  })

  test('sees a commit on a side that is not primary (W8)', async () => {
    const seen = await violation((world) => send(world.connection(world.target), put('1', 'one')))
    expect(seen).toContain('W8')
  })

  test('sees two primaries, and an epoch that does not grow (W8)', async () => {
    // A change into what is there already is a wait for those who hold it, and none of the fence.
    const fence = { role: 'primary', stage: 'source-only' } as const
    const change = (side: 'source' | 'target', epoch: number) => (world: SmallWorld) =>
      world.store(world[side]).changeFence({ epochBelow: 100 }, { ...fence, epoch }, 100)
    expect(await violation(change('target', 2))).toContain('W8: two primaries')
    expect(await violation(change('source', 1))).toContain('W8: epoch of the source went from 1 to 1')
  })

  test('sees a hand-over to a side that lacks the last state of a row (W3)', async () => {
    const seen = await violation(async (world) => {
      world.oracle.loaded = true
      await send(world.connection(world.source), put('1', 'one'))
      world.source.setFence({ role: 'secondary', epoch: 2, stage: 'target-first' })
      world.target.setFence({ role: 'primary', epoch: 2, stage: 'target-first' })
    })
    expect(seen).toContain('W3: hand-over: the target does not have the last state of item 1')
  })

  test('sees a write that was acknowledged and is not there, and one that was denied and is (W1)', async () => {
    const lie = async (tell: (world: SmallWorld) => void): Promise<string | null> =>
      violation(async (world) => {
        await send(world.connection(world.source), put('1', 'one'))
        tell(world)
      })
    expect(await lie((world) => world.oracle.acknowledged(['two']))).toContain('W1')
    expect(await lie((world) => world.oracle.denied(['one']))).toContain('W1')
    expect(await lie((world) => world.oracle.acknowledged(['one']))).toBeNull()
  })

  test('sees sides that differ at the end (W3)', async () => {
    const seen = await violation(async (world) => {
      await send(world.connection(world.source), put('1', 'one'))
      world.oracle.atRest()
    })
    expect(seen).toContain('W3: at the end the target does not have the last state of item 1')
  })
})

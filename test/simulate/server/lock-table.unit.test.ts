import { describe, expect, test } from 'vitest'
import { SmallWorld } from '../testing/small-world.ts'
import type { ServerFault } from './server-fault.ts'
import { type LockWish, ServerSession, type Work } from './server-session.ts'

interface Outcome {
  done: boolean
  fault: ServerFault | null
}

function start(session: ServerSession, ...wishes: LockWish[]): Outcome {
  const outcome: Outcome = { done: false, fault: null }
  const work = function* (): Work<void> {
    for (const wish of wishes) yield wish
  }
  session.submit({ work }, (fault) => Object.assign(outcome, { done: true, fault }))
  return outcome
}

const shared = (name: string): LockWish => ({ name, mode: 'shared', timeoutMs: 100 })
const exclusive = (name: string): LockWish => ({ name, mode: 'exclusive', timeoutMs: 100 })

function world(): { world: SmallWorld; session: () => ServerSession } {
  const small = new SmallWorld()
  return { world: small, session: () => new ServerSession(small.source, small.process(), 'auto') }
}

describe('locks of a simulated server', () => {
  test('are shared by readers and wait for a writer in line', async () => {
    const { world: small, session } = world()
    const [reader, other, writer, late] = [session(), session(), session(), session()]
    const outcomes = [
      start(reader, shared('fence')),
      start(other, shared('fence')),
      start(writer, exclusive('fence')),
      start(late, shared('fence')),
    ]
    expect(outcomes.map(({ done }) => done)).toEqual([true, true, false, false])
    reader.rollback()
    other.rollback()
    await small.scheduler.run(() => false, 1)
    expect(outcomes.map(({ done }) => done)).toEqual([true, true, true, false])
    writer.rollback()
    await small.scheduler.run(() => false, 1)
    expect(outcomes.every(({ done, fault }) => done && fault === null)).toBe(true)
  })

  test('time out', async () => {
    const { world: small, session } = world()
    start(session(), exclusive('row'))
    const waiting = start(session(), exclusive('row'))
    await small.settle()
    expect(waiting.fault?.reason).toBe('transient')
    expect(small.scheduler.now).toBe(100)
  })

  test('refuse who would close a circle', async () => {
    const { world: small, session } = world()
    const [left, right] = [session(), session()]
    start(left, exclusive('a'))
    start(right, exclusive('b'))
    const waiting = start(left, exclusive('b'))
    const closing = start(right, exclusive('a'))
    expect(closing.fault?.reason).toBe('deadlock')
    right.rollback()
    await small.scheduler.run(() => false, 1)
    expect(waiting).toEqual({ done: true, fault: null })
  })

  test('are gone with their session, and so is a statement that waits', async () => {
    const { world: small, session } = world()
    const [holder, waiter] = [session(), session()]
    start(holder, exclusive('row'))
    const waiting = start(waiter, exclusive('row'))
    const next = start(session(), exclusive('row'))
    waiter.close('test')
    expect(waiting.fault?.reason).toBe('lost')
    holder.close('test')
    await small.scheduler.run(() => false, 1)
    expect(next).toEqual({ done: true, fault: null })
  })
})

import { expect, it } from 'vitest'
import { type Clock, systemClock } from '../clock.ts'
import { type Events, Reporter } from '../events.ts'
import { derive } from '../stage-view.ts'
import type { JournalState } from '../store.ts'
import type { AppRead } from './app-read.ts'
import { parseMigration } from '../mapping/config.ts'
import type { ShadowOptions } from './read-options.ts'
import { ShadowReads, type ShadowSurroundings } from './shadow-reads.ts'

const empty: JournalState = { entries: 0, oldestMs: null, blocked: 0, marks: [] }
const state = derive(
  {
    source: { role: 'primary', epoch: 1, stage: 'source-first' },
    target: { role: 'secondary', epoch: 1, stage: 'source-first' },
  },
  { undo: false, unjournaled: false },
)!

interface World {
  readonly shadow: ShadowReads
  readonly seen: Events['twinwrite:shadow-read'][]
  /** Resolves with the next outcome. */
  next(): Promise<string>
}

function world(options: Partial<ShadowOptions> = {}, around: Partial<ShadowSurroundings> = {}): World {
  const reporter = new Reporter('shop')
  const seen: Events['twinwrite:shadow-read'][] = []
  const waiting: (() => void)[] = []
  const { publish } = reporter
  reporter.publish = (name, payload) => {
    publish.call(reporter, name, payload)
    if (name !== 'twinwrite:shadow-read') return
    seen.push(payload as Events['twinwrite:shadow-read'])
    waiting.shift()?.()
  }
  const reads = { shadow: { rate: 1, settleMs: 0, timeoutMs: 100, ...options } }
  const { shadow } = parseMigration({ name: 'shop', tables: { orders: true, others: true }, reads }).reads!
  const made = new ShadowReads(shadow!, {
    clock: systemClock,
    reporter,
    accepted: () => new Set(),
    state: () => state,
    journalState: () => Promise.resolve(empty),
    compared: () => undefined,
    ...around,
  })
  return {
    shadow: made,
    seen,
    next: async () => {
      await new Promise<void>((resolve) => waiting.push(resolve))
      return seen.at(-1)!.outcome
    },
  }
}

function readOf(aside: AppRead<unknown>['aside']): { describe(): AppRead<unknown> } {
  const read: AppRead<unknown> = {
    shape: 'select total from orders',
    tables: ['orders'],
    ordered: true,
    aside,
    serve: () => Promise.reject(new Error('not asked for')),
  }
  return { describe: () => read }
}

const rows = (total: number): unknown[] => [{ id: 1, total }]

it('an equal answer of the other side is equal', async () => {
  const { shadow, next } = world()
  shadow.answered(
    readOf(async (side) => (side === 'target' ? [{ id: '1', total: '5.00' }] : [])),
    state,
    rows(5),
    1,
  )
  expect(await next()).toBe('equal')
  expect(shadow.differing).toEqual([])
})

it('a lasting difference is told with its shape and place, without values', async () => {
  const { shadow, next, seen } = world()
  const call = readOf(async (side) => rows(side === 'target' ? 6 : 5))
  for (let n = 1; n <= 2; n++) {
    shadow.answered(call, state, rows(5), 1)
    expect(await next()).toBe('different')
    await new Promise(setImmediate)
  }
  expect(shadow.differing).toMatchObject([
    { shape: 'select total from orders', count: 2, path: '[0].total', values: null },
  ])
  expect(seen[0]).toMatchObject({ path: '[0].total', values: null })
})

it('shows the values where it is told to', async () => {
  const { shadow, next } = world({ showValues: true })
  shadow.answered(
    readOf(async (side) => rows(side === 'target' ? 6 : 5)),
    state,
    rows(5),
    1,
  )
  await next()
  expect(shadow.differing[0]?.values).toEqual({ primary: '5', secondary: '6' })
})

it('rows on their way are no difference: they arrive when the journal has drained (W11)', async () => {
  let looks = 0
  const journalState = async (): Promise<JournalState> =>
    ++looks < 3 ? { ...empty, entries: 1, oldestMs: 1e6 } : empty
  const { shadow, next } = world({}, { journalState })
  shadow.answered(
    readOf(async () => rows(looks < 3 ? 4 : 5)),
    state,
    rows(5),
    1,
  )
  expect(await next()).toBe('equal')
  expect(looks).toBe(3)
})

it('a primary that answers otherwise by now is raced (W11)', async () => {
  const { shadow, next } = world()
  shadow.answered(
    readOf(async () => rows(6)),
    state,
    rows(5),
    1,
  )
  expect(await next()).toBe('raced')
})

it('the answer is compared as it was, whatever the app makes of it', async () => {
  const { shadow, next } = world()
  const answer = rows(5) as { total: number }[]
  shadow.answered(
    readOf(async () => rows(5)),
    state,
    answer,
    1,
  )
  answer[0]!.total = 99
  expect(await next()).toBe('equal')
})

it('no more than the bound run at once, and one that hangs is given up but keeps its place', async () => {
  const { shadow, next, seen } = world({ concurrency: 1 })
  let end: () => void = () => undefined
  const hanging = readOf((_side, signal) => {
    signal.addEventListener('abort', () => seen.push({ ...seen[0]!, shape: 'aborted' }))
    return new Promise((resolve) => {
      end = () => resolve(rows(5))
    })
  })
  shadow.answered(hanging, state, rows(5), 1)
  shadow.answered(hanging, state, rows(5), 1)
  expect(seen.map(({ outcome }) => outcome)).toEqual(['skipped'])
  expect(await next()).toBe('failed')
  expect(seen.some(({ shape }) => shape === 'aborted')).toBe(true)
  shadow.answered(hanging, state, rows(5), 1)
  expect(seen.at(-1)?.outcome).toBe('skipped')
  end()
  await new Promise(setImmediate)
  shadow.answered(
    readOf(async () => rows(5)),
    state,
    rows(5),
    1,
  )
  expect(await next()).toBe('equal')
})

it('an error of the other side, or of describing the read, never reaches the app', async () => {
  const { shadow, next, seen } = world()
  shadow.answered(
    readOf(() => Promise.reject(new Error('gone'))),
    state,
    rows(5),
    1,
  )
  expect(await next()).toBe('failed')
  const describe = (): never => {
    throw new Error('odd')
  }
  shadow.answered({ describe }, state, rows(5), 1)
  expect(seen.at(-1)?.outcome).toBe('skipped')
})

it.each([
  [['orders.total'], 'equal'],
  [['orders.note'], 'different'],
  [['others.total'], 'different'],
])('columns %s may differ: %s', async (ignore, outcome) => {
  const { shadow, next } = world({ ignore })
  shadow.answered(
    readOf(async (side) => rows(side === 'target' ? 6 : 5)),
    state,
    rows(5),
    1,
  )
  expect(await next()).toBe(outcome)
})

it('the rate is that of a seeded clock', () => {
  let at = 0
  const draws = [0.1, 0.6, 0.3, 0.9]
  const clock: Clock = { ...systemClock, random: () => draws[at++]! }
  const { shadow } = world({ rate: 0.5 }, { clock })
  expect(draws.map(() => shadow.takes())).toEqual([true, false, true, false])
})

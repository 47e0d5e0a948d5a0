// Two engines: after the switch an app goes on with the results that it knows, as far as rows, counts and ids go; what cannot
// be said in the target's dialect is refused by name before anything is sent.

import { TwinwriteError } from '@twinwrite/core'
import type { Engine } from '@twinwrite/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { alignCounters } from './align-counters.ts'
import { openWorld, type World } from './fixture.ts'
import { reads } from './read-operations.ts'
import { transactions } from './transaction-operations.ts'
import { writes } from './write-operations.ts'

interface Pair {
  readonly source: Engine
  readonly target: Engine
  /** Operations that another dialect can't express. */
  readonly crossed: readonly string[]
}

const rawWrites = ['raw update', 'raw insert', 'transacting']
const returning = ['update returning', 'delete returning']

const pairs: readonly Pair[] = [
  { source: 'mysql', target: 'postgres', crossed: [...rawWrites, 'update with join'] },
  { source: 'mariadb', target: 'postgres', crossed: [...rawWrites, 'update with join'] },
  { source: 'sqlite', target: 'postgres', crossed: rawWrites },
  { source: 'postgres', target: 'mysql', crossed: [...rawWrites, ...returning] },
]

/** What means something else on each engine: definitions, rowids of tables without a counter. */
const apart = new Set(['columnInfo of one column', 'a swallowed failure'])
const rowids = new Set(['insert several', 'batchInsert'])

describe.each(pairs)('from $source to $target, in target-first', ({ source, target, crossed }) => {
  let world: World
  beforeAll(async () => {
    world = await openWorld(source, target)
    await world.toStage('target-first')
    await alignCounters(world)
  })
  afterAll(() => world.close())

  const operations = [...reads, ...writes, ...transactions, ...reads].filter(
    ({ title, only }) => (only === undefined || only.includes(source)) && !apart.has(title),
  )
  const carried = operations.filter(({ title }) => !crossed.includes(title))
  it.each(carried)('$title answers as before the switch (W1)', async ({ title, run }) => {
    const isRowid = source === 'sqlite' && rowids.has(title)
    const expected = await looseOutcome(run(world.reference, source))
    const outcome = await looseOutcome(run(world.db, source))
    expect(isRowid ? Object.keys(outcome) : outcome).toEqual(isRowid ? ['value'] : expected)
  })

  const refused = operations.filter(({ title }) => crossed.includes(title))
  it.each(refused)('$title is refused by name', async ({ run }) => {
    await expect(run(world.db, source)).rejects.toMatchObject({ code: 'TW_DIALECT_CROSSED' })
  })

  it('holds the same rows on both sides afterwards (W3, W4)', async () => {
    await world.settled()
    for (const table of ['customers', 'orders', 'items'] as const) {
      const rows = loose(await world.rows('target', table))
      expect(loose(await world.rows('source', table))).toEqual(rows)
      const key = table === 'items' ? ['order_id', 'line'] : ['id']
      expect(loose(await world.reference(table).select('*').orderBy(key))).toEqual(rows)
    }
  })
})

async function looseOutcome(answer: PromiseLike<unknown>): Promise<object> {
  try {
    return { value: loose(await answer) }
  } catch (error) {
    // Each driver has its own errors.
    if (error instanceof TwinwriteError) throw error
    return { error: 'of the driver' }
  }
}

/** Numbers however a driver gives them, booleans as numbers, and of raw answers what they are about. */
function loose(value: unknown): unknown {
  if (typeof value === 'boolean') return Number(value)
  if (value === 'DatabaseError' || value === 'SqliteError' || value === 'Error') return 'an error'
  if (typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value)) return Number(value)
  if (typeof value !== 'object' || value === null) return value
  if ('rowCount' in value && 'rows' in value) return { rows: loose(value.rows), affected: value.rowCount }
  if (Array.isArray(value)) {
    const [first, second, ...rest] = value as unknown[]
    if (rest.length === 0 && Array.isArray(first) && isFields(second)) return loose(first)
    return value.map(loose)
  }
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, loose(one)]))
}

function isFields(value: unknown): boolean {
  return (
    Array.isArray(value) && value.every((one) => typeof one === 'object' && one !== null && 'name' in one)
  )
}

// The same canonical text means the same value on every engine: edge values travel from each engine to each other one and back
// (the table of facts that default drivers get wrong). Upholds W4, W5.

import { randomBytes } from 'node:crypto'
import type { Row, SideTable } from '@twinwrite/core'
import { describe, expect, it } from 'vitest'
import { applyWrites, readRows, upsertsOf } from './testing/apply.ts'
import { float32Text, float64Text } from './values/number-text.ts'
import { engines, first, type TestSide, testSide } from './testing/test-side.ts'
import { travelling } from './testing/travelling-values.ts'

type Engine = TestSide['engine']

const height = Math.max(...travelling.map(({ texts }) => texts.length))
const rows: Row[] = Array.from({ length: height + 1 }, (_, id) => [
  String(id),
  ...travelling.map(({ texts }) => (id === height ? null : texts[id % texts.length]!)),
])

async function opened(engine: Engine): Promise<[TestSide, SideTable]> {
  const side = await testSide(engine)
  const columns = travelling.map(({ types }, index) => `c${index} ${types[engine]}`)
  await side.app.run(`CREATE TABLE travelling (id int PRIMARY KEY, ${columns.join(', ')})`)
  await side.store.install({ ...first, role: 'secondary' })
  const [table] = await side.use('travelling')
  return [side, table!]
}

/** What a comparison sees: SQLite has one type of floats, which holds 32-bit ones exactly but writes them longer. */
function comparable(read: ReadonlyMap<string, Row>): (string | null)[][] {
  return [...read.values()]
    .map((row) =>
      row.map((text, index) =>
        travelling[index - 1]?.kind === 'float32' && text !== null ? String(Math.fround(Number(text))) : text,
      ),
    )
    .sort((left, right) => Number(left[0]) - Number(right[0]))
}

describe.each(engines.flatMap((from) => engines.map((to) => [from, to] as const)))(
  'from %s to %s and back',
  (from, to) => {
    it('every value is the same', async () => {
      const [[source, sourceTable], [target, targetTable]] = await Promise.all([opened(from), opened(to)])
      const keys = rows.map(([id]) => id!)
      await applyWrites(source.store, [upsertsOf(sourceTable, rows)])
      const there = await readRows(source.store, 'travelling', keys)
      await applyWrites(target.store, [upsertsOf(targetTable, [...there.values()])])
      const arrived = await readRows(target.store, 'travelling', keys)
      await applyWrites(source.store, [upsertsOf(sourceTable, [], keys)])
      await applyWrites(source.store, [upsertsOf(sourceTable, [...arrived.values()])])
      const back = await readRows(source.store, 'travelling', keys)
      const expected = comparable(new Map(rows.map((row) => [row[0]!, row])))
      expect(comparable(there)).toEqual(expected)
      expect(comparable(arrived)).toEqual(expected)
      expect(comparable(back)).toEqual(expected)
    })
  },
)

describe.each(engines)('random floats on %s', (engine) => {
  it('come back to the last bit', async () => {
    const side = await testSide(engine)
    const [double, single] = ['float64', 'float32'].map(
      (kind) => travelling.find((one) => one.kind === kind)!.types[engine],
    )
    await side.app.run(`CREATE TABLE floats (id int PRIMARY KEY, d ${double}, f ${single})`)
    await side.store.install({ ...first, role: 'secondary' })
    const [table] = await side.use('floats')
    const rows = Array.from({ length: 500 }, (_, id): Row => {
      const bits = randomBytes(12)
      const [d, f] = [bits.readDoubleLE(0), bits.readFloatLE(8)]
      return [
        String(id),
        Number.isFinite(d) ? float64Text(d) : '0.1',
        Number.isFinite(f) ? float32Text(f) : '0.1',
      ]
    })
    await applyWrites(side.store, [upsertsOf(table!, rows)])
    const read = await readRows(
      side.store,
      'floats',
      rows.map(([id]) => id!),
    )
    // SQLite writes a 32-bit float as the 64-bit one that it is.
    const expected = rows.map(([id, d, f]) => [id, d, engine === 'sqlite' ? float64Text(Number(f)) : f])
    expect([...read.values()].sort((left, right) => Number(left[0]) - Number(right[0]))).toEqual(expected)
  })
})

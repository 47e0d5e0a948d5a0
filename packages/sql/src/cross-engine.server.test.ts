// The same canonical text means the same value on every engine: edge values travel from each engine to each other one and back
// (the table of facts that default drivers get wrong). Upholds W4, W5.

import { randomBytes } from 'node:crypto'
import type { ColumnKind, Row, SideTable } from '@twinwrite/core'
import { describe, expect, it } from 'vitest'
import { applyWrites, readRows, upsertsOf } from './testing/apply.ts'
import { float32Text, float64Text } from './values/number-text.ts'
import { engines, first, type TestSide, testSide } from './testing/test-side.ts'

type Engine = TestSide['engine']

interface Travelling {
  readonly kind: ColumnKind
  readonly types: Record<Engine, string>
  readonly texts: readonly string[]
}

const alike = (type: string): Record<Engine, string> => ({
  postgres: type,
  mysql: type,
  mariadb: type,
  sqlite: type,
})
const mysqlText = 'CHARACTER SET utf8mb4'

const travelling: readonly Travelling[] = [
  {
    kind: 'integer',
    types: alike('bigint'),
    texts: ['9007199254740993', '-9223372036854775808', '9223372036854775807', '0', '-1'],
  },
  {
    kind: 'decimal',
    types: alike('decimal(20,6)'),
    texts: ['0.1', '-1234567.891', '12', '0', '99999999.999999'],
  },
  {
    kind: 'decimal',
    types: { ...alike('decimal(38,10)'), sqlite: 'TEXT' },
    texts: ['1234567890123456789012345678.0123456789', '-0.0000000001'],
  },
  {
    kind: 'float64',
    types: { postgres: 'double precision', mysql: 'double', mariadb: 'double', sqlite: 'double' },
    texts: [
      '0.1',
      '1.7976931348623157e+308',
      '-2.2250738585072014e-308',
      '0.30000000000000004',
      '16777217',
      '1e+21',
    ],
  },
  {
    kind: 'float32',
    types: { postgres: 'real', mysql: 'float', mariadb: 'float', sqlite: 'double' },
    texts: ['0.1', '16777216', '3.4028235e+38', '-1.1754944e-38', '3.1415927'],
  },
  {
    kind: 'text',
    types: {
      postgres: 'text',
      mysql: `longtext ${mysqlText}`,
      mariadb: `longtext ${mysqlText}`,
      sqlite: 'text',
    },
    texts: [
      '',
      ' a  ',
      `it's "q" \\ \` ? $1 %s {} NULL`,
      'ä𝄞\n\t\u0001',
      'x'.repeat(70_000),
      '9007199254740993.10',
    ],
  },
  {
    kind: 'bytes',
    types: { postgres: 'bytea', mysql: 'longblob', mariadb: 'longblob', sqlite: 'blob' },
    texts: ['', '00', '5c273f00ff', 'ab'.repeat(5_000)],
  },
  {
    kind: 'boolean',
    types: { postgres: 'boolean', mysql: 'tinyint(1)', mariadb: 'tinyint(1)', sqlite: 'boolean' },
    texts: ['true', 'false'],
  },
  { kind: 'date', types: alike('date'), texts: ['2024-02-29', '1000-01-01', '9999-12-31'] },
  {
    kind: 'time',
    types: { postgres: 'time(6)', mysql: 'time(6)', mariadb: 'time(6)', sqlite: 'time' },
    texts: ['00:00:00', '23:59:59.999999', '10:00:00.1'],
  },
  {
    kind: 'datetime',
    types: { postgres: 'timestamp(6)', mysql: 'datetime(6)', mariadb: 'datetime(6)', sqlite: 'datetime' },
    texts: [
      '2024-10-27 02:30:00.123456',
      '1000-01-01 00:00:00',
      '9999-12-31 23:59:59.999999',
      '2024-03-31 02:30:00.5',
    ],
  },
  {
    kind: 'instant',
    types: {
      postgres: 'timestamptz',
      mysql: 'timestamp(6) NULL',
      mariadb: 'timestamp(6) NULL',
      sqlite: 'bigint',
    },
    texts: ['1729989000123456', '1000000', '1000001', '1711847400500000'],
  },
  {
    kind: 'json',
    types: { postgres: 'jsonb', mysql: 'json', mariadb: 'json', sqlite: 'json' },
    texts: [
      '{"a":9007199254740993,"b":[1,2.5,null,true],"c":{"d":"ä\\n\\"𝄞","e":""}}',
      '[]',
      '"x"',
      'null',
      '[18446744073709551615,-9223372036854775808]',
    ],
  },
  {
    kind: 'uuid',
    types: { postgres: 'uuid', mysql: 'char(36)', mariadb: 'uuid', sqlite: 'uuid' },
    texts: ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
  },
  {
    kind: 'bits',
    types: { postgres: 'bit(9)', mysql: 'bit(9)', mariadb: 'bit(9)', sqlite: 'text' },
    texts: ['000000000', '101010101', '111111111'],
  },
]

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

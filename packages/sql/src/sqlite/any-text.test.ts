// SQLite keeps any bytes as a text. On a real database: what JavaScript can't hold is read, found again and written as what it is.

import { isUtf8 } from 'node:buffer'
import { fc, it } from '@fast-check/vitest'
import { encodeKey, strayText, type Key, type Row, type SideTable } from '@twinwrite/core'
import Database from 'better-sqlite3'
import { afterAll, describe, expect } from 'vitest'
import { applyWrites, readRows, upsertsOf } from '../testing/apply.ts'
import { exactly, readText, strayValue } from './any-text.ts'
import { first, type TestSide, testSide } from '../testing/test-side.ts'

/** SQL of the stored value to canonical text in a column of texts. */
const texts: readonly (readonly [string, string])[] = [
  [`CAST(x'636166e9' AS TEXT)`, '\u0000text 636166e9'],
  [`CAST(x'636166ea' AS TEXT)`, '\u0000text 636166ea'],
  [`CAST(x'e282' AS TEXT)`, '\u0000text e282'],
  [`CAST(x'eda080' AS TEXT)`, '\u0000text eda080'],
  [`CAST(x'6100ff' AS TEXT)`, '\u0000text 6100ff'],
  [`CAST(x'610062' AS TEXT)`, 'a\u0000b'],
  [`CAST(x'00626c6f62203030' AS TEXT)`, '\u0000text 00626c6f62203030'],
  [`x'636166e9'`, '\u0000blob 636166e9'],
  [`x'636166'`, '\u0000blob 636166'],
  [`'caf\uFFFD'`, 'caf\uFFFD'],
  [`'caf\uFFFE'`, 'caf\uFFFE'],
  [`'\uFEFFcaf'`, '\uFEFFcaf'],
  [`'caf'`, 'caf'],
  [`'café 🙂'`, 'café 🙂'],
]

/** The same of columns of other kinds. */
const others: Readonly<Record<string, typeof texts>> = {
  BLOB: [
    [`CAST(x'e9' AS TEXT)`, '\u0000text 7465787420e9'],
    [`'e9'`, 'text e9'],
    [`CAST(x'610062' AS TEXT)`, 'text a\u0000b'],
    [`x'e9'`, 'e9'],
    ['5', 'integer 5'],
    ['0.5', 'real 0.5'],
    ['9e999', 'real Inf'],
  ],
  '': [
    [`CAST(x'e9' AS TEXT)`, '\u0000text 7465787420e9'],
    [`'e9'`, 'text e9'],
    [`x'e9'`, `blob X'E9'`],
    ['5', 'integer 5'],
    [`'5'`, 'text 5'],
    ['-9e999', 'real -Inf'],
  ],
  BIGINT: [
    [`CAST(x'e9' AS TEXT)`, '\u0000text e9'],
    [`x'e9'`, '\u0000blob e9'],
    [`'x'`, 'x'],
    ['5', '5'],
    ['0.5', '0.5'],
  ],
  REAL: [
    [`CAST(x'e9' AS TEXT)`, '\u0000text e9'],
    [`x'e9'`, '\u0000blob e9'],
    ['9e999', 'Infinity'],
    ['-9e999', '-Infinity'],
    ['0.1', '0.1'],
  ],
  DATETIME: [
    [`CAST(x'e931303a31303a31302e3132333030' AS TEXT)`, '\u0000text e931303a31303a31302e31323330303030'],
    [`x'e9'`, '\u0000blob e9'],
    ['1729989000123', '2024-10-27 00:30:00.123000'],
    [`'2024-10-27T00:30:00.123Z'`, '2024-10-27 00:30:00.12300'],
  ],
  'TEXT COLLATE NOCASE': [
    [`CAST(x'41e9' AS TEXT)`, '\u0000text 41e9'],
    [`CAST(x'42e9' AS TEXT)`, '\u0000text 42e9'],
    [`x'41'`, '\u0000blob 41'],
    [`'A'`, 'A'],
  ],
  JSON: [
    [`CAST(x'22e922' AS TEXT)`, '\u0000text 22e922'],
    [`x'e9'`, '\u0000blob e9'],
    [`'"é\uFFFD"'`, '"é\uFFFD"'],
  ],
}

const cases = Object.entries({ TEXT: texts, ...others })

async function filled(
  type: string,
  literals: readonly string[],
  pair = false,
): Promise<[TestSide, SideTable, SideTable]> {
  const side = await testSide('sqlite')
  const key = pair
    ? `a ${type} NOT NULL, b ${type} NOT NULL, v, PRIMARY KEY (a, b)`
    : `a ${type} NOT NULL PRIMARY KEY, v`
  for (const name of ['origin', 'copy']) await side.app.run(`CREATE TABLE ${name} (${key}) WITHOUT ROWID`)
  for (const [index, literal] of literals.entries())
    await side.app.run(`INSERT INTO origin VALUES (${literal}, ${pair ? `'x', ` : ''}${index})`)
  await side.store.install({ ...first, role: 'secondary' })
  const [origin, copy] = await side.use('origin', 'copy')
  return [side, origin!, copy!]
}

const contents = async (side: TestSide, table: string): Promise<unknown> =>
  (await side.app.run(`SELECT typeof(a), hex(CAST(a AS BLOB)), v FROM ${table} ORDER BY v`)).rows

describe.each(cases)('keys in a column of type %s', (type, values) => {
  const keys = values.map(([, text]) => text)
  const rows = new Map(keys.map((key, index): [Key, Row] => [key, [key, `integer ${index}`]]))

  it('are told apart, found again, and paged through one by one (W4)', async () => {
    const [side] = await filled(
      type,
      values.map(([literal]) => literal),
    )
    expect(await readRows(side.store, 'origin', keys)).toEqual(rows)
    for (const key of keys)
      expect(await readRows(side.store, 'origin', [key])).toEqual(new Map([[key, rows.get(key)]]))
    const all = await side.store.keysAfter('origin', null, 100)
    expect([...all].sort()).toEqual([...keys].sort())
    for (const [index, key] of all.entries())
      expect(await side.store.keysAfter('origin', key, 1)).toEqual(all.slice(index + 1, index + 2))
  })

  it('are the same in a composite key', async () => {
    const [side] = await filled(
      type,
      values.map(([literal]) => literal),
      true,
    )
    const x = type === 'BLOB' || type === '' ? 'text x' : 'x'
    const pairs = keys.map((key) => encodeKey([key, x]))
    expect([...(await readRows(side.store, 'origin', pairs)).keys()].sort()).toEqual([...pairs].sort())
    const all = await side.store.keysAfter('origin', null, 100)
    for (const [index, key] of all.entries())
      expect(await side.store.keysAfter('origin', key, 1)).toEqual(all.slice(index + 1, index + 2))
  })

  it('are written, updated and deleted as what they are (W5)', async () => {
    const [side, , copy] = await filled(
      type,
      values.map(([literal]) => literal),
    )
    for (let round = 0; round < 2; round++)
      await applyWrites(side.store, [upsertsOf(copy, [...rows.values()])])
    expect(await contents(side, 'copy')).toEqual(await contents(side, 'origin'))
    for (const [index, key] of keys.entries()) {
      await applyWrites(side.store, [upsertsOf(copy, [], [key])])
      expect([...(await readRows(side.store, 'copy', keys)).keys()].sort()).toEqual(
        keys.slice(index + 1).sort(),
      )
    }
  })

  it("look the same on the app's connection", async () => {
    const [side, origin] = await filled(
      type,
      values.map(([literal]) => literal),
    )
    const { rows: read } = await side.app.own(side.dialect.rows(origin, keys))
    const exact = read.map((row) => side.dialect.readRow(origin, row))
    expect(new Map(exact.map(({ key, row }) => [key, row]))).toEqual(rows)
    const list = side.dialect.canonical(origin.key[0]!, 'a')
    const { rows: given } = await side.app.run(`SELECT ${list} AS k FROM origin ORDER BY v`)
    const strings = given.map(({ k }) => k).filter((k) => typeof k === 'string')
    expect(strings.map((k) => side.dialect.readText(k))).toEqual(
      keys.filter((_, index) => typeof given[index]!.k === 'string'),
    )
  })
})

describe('a text of any bytes', () => {
  const database = new Database(':memory:')
  afterAll(() => void database.close())
  const exact = database.prepare(`SELECT ${exactly('CAST(:bytes AS TEXT)')}`).pluck()
  const again = database.prepare(
    `SELECT hex(${strayValue(strayText, ':text')}), typeof(${strayValue(strayText, ':text')})`,
  )

  it.prop([
    fc.oneof(
      fc.uint8Array(),
      fc.string({ unit: 'binary' }).map((text) => Buffer.from(text, 'utf8')),
    ),
  ])('is the string that it spells, or its bytes', (given) => {
    const bytes = Buffer.from(given)
    const text = readText(exact.get({ bytes }) as string)
    if (isUtf8(bytes)) expect(text).toBe(bytes.toString('utf8'))
    else {
      expect(text).toBe(strayText + bytes.toString('hex'))
      expect(again.raw().get({ text })).toEqual([bytes.toString('hex').toUpperCase(), 'text'])
    }
  })
})

// Canonical texts on real servers: what each type looks like, that it comes back unchanged, and that what does not fit is refused.

import type { Key, Row, SideTable } from '@twinwrite/core'
import { describe, expect, it } from 'vitest'
import { engines, first, testSide, type TestSide } from './testing/test-side.ts'
import { declared, typeStatements, type ValueCase, valueCases } from './testing/value-cases.ts'

const secondary = { ...first, role: 'secondary' } as const

const odd = [
  `SET time_zone = '+05:45'`,
  `SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT,PAD_CHAR_TO_FULL_LENGTH,IGNORE_SPACE'`,
  `SET div_precision_increment = 0`,
]

/** Settings of a session that change how a server writes and reads values. */
const oddSettings: Partial<Record<TestSide['engine'], string[]>> = {
  postgres: [
    `SET timezone = 'Asia/Kathmandu'`,
    `SET datestyle = 'SQL, DMY'`,
    `SET extra_float_digits = -5`,
    `SET bytea_output = 'escape'`,
    `SET standard_conforming_strings = off`,
  ],
  mysql: odd,
  mariadb: odd,
}

async function tables(
  engine: TestSide['engine'],
  cases: readonly ValueCase[],
): Promise<[TestSide, SideTable, SideTable]> {
  const side = await testSide(engine)
  for (const statement of typeStatements[engine] ?? []) await side.app.run(statement)
  const columns = cases.map(({ type }, index) => `c${index} ${declared(type)}`).join(', ')
  for (const name of ['origin', 'copy'])
    await side.app.run(`CREATE TABLE ${name} (id int PRIMARY KEY, ${columns})`)
  await side.store.install(secondary)
  const [origin, copy] = await side.use('origin', 'copy')
  return [side, origin!, copy!]
}

async function fill(side: TestSide, cases: readonly ValueCase[]): Promise<Key[]> {
  const height = Math.max(...cases.map(({ values }) => values.length))
  const keys: Key[] = []
  for (let id = 0; id <= height; id++) {
    // The last row is all NULL.
    const literals = cases.map(({ values }) => (id === height ? 'NULL' : values[id % values.length]![0]))
    await side.app.run(`INSERT INTO origin VALUES (${[String(id), ...literals].join(', ')})`)
    keys.push(String(id))
  }
  return keys
}

async function read(side: TestSide, table: string, keys: readonly Key[]): Promise<Map<Key, Row>> {
  const { rows } = await side.store.snapshot(keys.map((key) => ({ table, key })))
  return new Map(rows.get(table))
}

async function write(side: TestSide, table: string, rows: ReadonlyMap<Key, Row>): Promise<void> {
  const session = await side.store.beginApply()
  try {
    const upserts = [...rows].map(([key, row]) => ({ key, row }))
    await session.write([{ table, upserts, deletes: [] }], { displace: false })
    await session.commit()
  } finally {
    await session.rollback()
  }
}

describe.each(engines)('values on %s', (engine) => {
  const cases = valueCases[engine]

  it('have their kind and canonical text, and come back unchanged', async () => {
    const [side, origin] = await tables(engine, cases)
    expect(origin.columns.slice(1).map(({ kind }) => kind)).toEqual(cases.map(({ kind }) => kind))
    const keys = await fill(side, cases)
    const rows = await read(side, 'origin', keys)
    for (const [index, { type, values }] of cases.entries()) {
      const texts = values.map((_, id) => rows.get(String(id))![index + 1])
      expect([type, texts]).toEqual([type, values.map(([, text]) => text)])
    }
    expect(
      rows
        .get(keys.at(-1)!)!
        .slice(1)
        .every((text) => text === null),
    ).toBe(true)
    await write(side, 'copy', rows)
    await write(side, 'copy', rows)
    expect(await read(side, 'copy', keys)).toEqual(rows)
    const same = cases.flatMap(({ keepsSpelling }, index) => (keepsSpelling ? [] : [`c${index}`])).join(', ')
    const plain = async (table: string): Promise<unknown> =>
      (await side.app.run(`SELECT ${same} FROM ${table} ORDER BY id`)).rows
    expect(await plain('copy')).toEqual(await plain('origin'))
  })

  it('look the same on a connection of the app with odd settings', async () => {
    // Types that only our own sessions write exactly.
    const exact = cases.filter(({ kind }) => kind !== 'native')
    const [side, origin] = await tables(engine, exact)
    const keys = await fill(side, exact)
    const expected = await read(side, 'origin', keys)
    for (const setting of oddSettings[engine] ?? []) await side.app.run(setting)
    const { rows } = await side.app.own(side.dialect.rows(origin, keys))
    const found = rows.map((row) => side.dialect.readRow(origin, row))
    expect(new Map(found.map(({ key, row }) => [key, row]))).toEqual(expected)
  })
})

const mysqlMisfits: [type: string, text: string][] = [
  ['tinyint(1)', 'maybe'],
  ['tinyint(1)', '300'],
  ['tinyint unsigned', '-1'],
  ['smallint', '32768'],
  ['bigint unsigned', '18446744073709551616'],
  ['decimal(5,2)', '1.005'],
  ['decimal(5,2)', '1000'],
  ['decimal(5,2)', 'NaN'],
  ['decimal(5,2) unsigned', '-1'],
  ['float', '0.1234567890123'],
  ['float', 'Infinity'],
  ['double', 'NaN'],
  ['varchar(3)', 'abc '],
  ['varchar(3)', 'abcd'],
  ['char(3)', 'ab '],
  ['varchar(3) CHARACTER SET latin1', '☃'],
  ['tinytext', 'ä'.repeat(200)],
  ['binary(2)', '00'],
  ['varbinary(2)', '000000'],
  ['datetime(3)', '2024-01-01 00:00:00.0001'],
  ['datetime', '2024-01-01 00:00:00+02'],
  ['datetime', '12024-01-01 00:00:00'],
  ['datetime', 'infinity'],
  ['timestamp(6) NULL', '2147483648000000'],
  ['timestamp(6) NULL', '-1'],
  ['timestamp NULL', '1000001'],
  ['timestamp NULL', '0'],
  ['time', '10:00:00.5'],
  ['time', '839:00:00'],
  ['date', '2024-13-01'],
  ['bit(3)', '1011'],
  [`enum('a','b')`, 'c'],
  [`set('a','b')`, 'a,c'],
  ['json', '{'],
]

const misfits: Record<string, readonly [type: string, text: string][]> = {
  mysql: [...mysqlMisfits, ['json', '[12345678901234567890123]'], ['json', '[0.12345678901234567890123]']],
  mariadb: mysqlMisfits,
  sqlite: [
    ['DECIMAL(30,10)', '12345678901234.567'],
    ['DECIMAL(30,10)', '9223372036854775808'],
    ['REAL', 'NaN'],
    ['BLOB', 'abc'],
    ['', 'unknown'],
  ],
  postgres: [
    ['smallint', '32768'],
    ['int', '1.5'],
    ['numeric(5,2)', '1.005'],
    ['numeric(5,2)', '1000'],
    ['real', '0.1234567890123'],
    ['varchar(3)', 'abc '],
    ['varchar(3)', 'abcd'],
    ['char(3)', 'ab '],
    ['timestamp(3)', '2024-01-01 00:00:00.0001'],
    ['timestamp', '2024-01-01 00:00:00+02'],
    ['timestamp', '0000-00-00 00:00:00'],
    ['timestamptz(0)', '1'],
    ['time(0)', '10:00:00.5'],
    ['bit(3)', '1011'],
    ['bit(3)', '10'],
    ['colour', 'green'],
    ['text', 'a\u0000b'],
    ['jsonb', '{'],
    ['boolean', '2'],
    ['uuid', 'x'],
    ['date', '0000-00-00'],
    ['varchar(3)[]', '{abcd}'],
    ['numeric(5,2)[]', '{1234}'],
    ['short', 'abcd'],
    ['short', 'no'],
  ],
}

describe.each(engines)('values that do not fit on %s', (engine) => {
  it('are refused, never changed (W5)', async () => {
    const list = misfits[engine]!
    const [side] = await tables(
      engine,
      list.map(([type]) => ({ type, kind: 'native', values: [] })),
    )
    for (const [index, [type, text]] of list.entries()) {
      const row = ['1', ...list.map((_, position) => (position === index ? text : null))]
      const outcome = await write(side, 'copy', new Map([['1', row]])).then(
        () => 'written',
        (error: { reason?: string }) => error.reason,
      )
      expect([type, text, outcome]).toEqual([type, text, 'rejected'])
    }
  })
})

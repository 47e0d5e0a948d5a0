import { describe, expect, it } from 'vitest'
import type { Column, UniqueKey } from '../catalog.ts'
import { bigint, column, int, plan, summary, table, unsignedBigint } from './catalog-fixture.ts'
import type { TableConfig } from './config.ts'

const engines = { source: 'mysql', target: 'postgres' } as const

function pair(source: Column, target: Column, config: TableConfig = {}, uniques: readonly UniqueKey[] = []) {
  return plan(
    { orders: { target: 'sales.purchases', columns: { [source.name]: target.name }, ...config } },
    {
      source: [table('orders', [source], { uniques })],
      target: [table('purchases', [target], { schema: 'sales' })],
    },
    engines,
  )
}

describe('validateColumns', () => {
  const total = column('total', 'decimal', { type: 'decimal(12,4)', precision: 12, scale: 4 })
  const sum = column('sum', 'decimal', { type: 'numeric(10,2)', precision: 10, scale: 2 })

  it('names both columns, sides, engines and types, the loss, and every remedy', () => {
    expect(pair(total, sum).problems).toMatchObject([
      {
        code: 'TW_TYPE_LOSSY',
        table: 'orders',
        column: 'total',
        severity: 'error',
        message:
          'orders.total (source, mysql decimal(12,4)) to sales.purchases.sum (target, postgres numeric(10,2)) loses fraction digits beyond 2',
        hint: 'Change one of the types, convert the column with `up` and `down`, or accept the loss with `accept: ["total"]`',
      },
      { severity: 'warning', message: expect.stringContaining('rows with NaN and infinity will be refused') },
    ])
  })

  it('judges both directions, since the sides exchange their roles', () => {
    const found = pair(column('n', 'integer', int), column('n', 'integer', bigint))
    expect(found.problems.map((problem) => problem.message)).toEqual([
      'sales.purchases.n (target, postgres bigint) to orders.n (source, mysql int) loses integers below -2147483648 and integers above 2147483647',
    ])
    const both = pair(column('n', 'integer', unsignedBigint), column('n', 'integer', bigint))
    expect(summary(both)).toEqual(['error TW_TYPE_LOSSY n', 'error TW_TYPE_LOSSY n'])
  })

  it('is silent when the loss is accepted by the source column’s name', () => {
    expect(summary(pair(total, sum, { accept: ['total'] }))).toEqual([])
    expect(pair(total, sum, { accept: ['total'] }).mappings[0]?.toTarget(['1', '1.2345'])).toEqual([
      '1',
      '1.23',
    ])
  })

  it('is silent when the user converts the column', () => {
    const convert = { to: 'sum', up: (text: string | null) => text, down: (text: string | null) => text }
    expect(summary(pair(total, sum, { columns: { total: convert } }))).toEqual([])
  })

  it('refuses kinds that have no text in common, even where a loss is accepted', () => {
    const [blob, document] = [column('a', 'bytes', { type: 'blob' }), column('b', 'json', { type: 'jsonb' })]
    const found = pair(blob, document, { accept: ['a'] })
    expect(found.problems).toMatchObject([
      {
        code: 'TW_TYPE_UNSUPPORTED',
        column: 'a',
        message:
          'orders.a (source, mysql blob) and sales.purchases.b (target, postgres jsonb) have no text in common',
        hint: 'Convert it with `columns: { "a": { to: "b", up, down } }`, or ignore both columns',
      },
    ])
  })

  it('warns of values that the other side refuses', () => {
    const found = pair(column('a', 'date', { nullable: true }), column('b', 'date'))
    expect(found.problems).toMatchObject([
      { severity: 'warning', code: 'TW_TYPE_LOSSY', column: 'a' },
      { severity: 'warning', message: expect.stringContaining('infinity and years outside 1 to 9999') },
    ])
    expect(found.problems[0]?.message).toContain(
      'rows with NULL or zero dates such as 0000-00-00 will be refused and blocked',
    )
    expect(found.mappings).toHaveLength(1)
  })

  it('warns once for a table of what nearly every column of the engine can hold', () => {
    const columns = [column('a', 'text'), column('b', 'text'), column('n', 'integer'), column('c', 'text')]
    const tables = { source: [table('t', columns)], target: [table('t', columns)] }
    const found = plan({ t: { accept: ['c'] } }, tables, { source: 'sqlite', target: 'postgres' })
    expect(found.problems).toEqual([
      {
        code: 'TW_TYPE_LOSSY',
        table: 't',
        column: undefined,
        severity: 'warning',
        message:
          't (source, sqlite) to t (target, postgres): rows with values that are not of the declared type in id, a, b, n or texts with a NUL character in a, b or texts that are not valid UTF-8 in a, b will be refused and blocked',
        hint: 'Make sure that there are none, or convert the columns; `accept: ["id", "a", "b", "n"]` silences this',
      },
    ])
  })

  it('asks whether texts are compared alike only in keys and unique keys (W4)', () => {
    const [folding, exact] = [column('a', 'text', { foldsText: true }), column('b', 'text')]
    expect(summary(pair(folding, exact))).toEqual(['warning TW_TYPE_LOSSY -'])
    const found = pair(folding, exact, {}, [{ name: 'u', columns: ['a'] }])
    expect(summary(found)).toEqual([
      'error TW_TYPE_LOSSY a',
      'warning TW_TYPE_LOSSY -',
      'warning TW_KEY_MISMATCH a',
    ])
    expect(found.problems[0]?.message).toContain('sales.purchases.b (target, postgres text) to orders.a')
    const key = plan(
      { t: true },
      {
        source: [{ ...table('t', []), columns: [column('k', 'text', { foldsText: true })], key: ['k'] }],
        target: [{ ...table('t', []), columns: [column('k', 'text')], key: ['k'] }],
      },
      engines,
    )
    expect(summary(key)).toEqual(['error TW_TYPE_LOSSY k', 'warning TW_TYPE_LOSSY -'])
  })

  it('refuses names in `accept` that accept nothing', () => {
    const found = pair(total, sum, { accept: ['sum', 'totl', 'trigger:x'] })
    expect(found.problems.filter((problem) => problem.code !== 'TW_TYPE_LOSSY')).toMatchObject([
      { code: 'TW_COLUMN_UNKNOWN', severity: 'error', hint: 'Name the source column of the pair' },
      { code: 'TW_COLUMN_UNKNOWN', severity: 'error', hint: 'Did you mean "total"? Correct the name' },
      { code: 'TW_CONFIG_INVALID', severity: 'warning', hint: 'Take the name out of `accept`' },
    ])
  })
})

describe('unique keys that only one side has', () => {
  const columns = [column('a', 'text'), column('b', 'text')]
  const check = (source: readonly UniqueKey[], target: readonly UniqueKey[], config: TableConfig = {}) =>
    plan(
      { t: config },
      {
        source: [table('t', columns, { uniques: source })],
        target: [table('t', columns, { uniques: target })],
      },
    )

  it('are warned of, whichever side has them, with the remedy', () => {
    const found = check([], [{ name: 'mail', columns: ['a', 'b'] }])
    expect(found.problems).toEqual([
      {
        code: 'TW_KEY_MISMATCH',
        table: 't',
        column: 'a',
        severity: 'warning',
        message: 't (target) has the unique key "mail" over a, b, which t (source) does not enforce',
        hint: 'Rows that violate it will be refused and blocked; add the same unique key to t',
      },
    ])
    expect(check([{ name: 'mail', columns: ['a'] }], []).problems[0]?.message).toContain(
      't (source) has the unique key "mail"',
    )
  })

  it.each([
    [
      'an equal key of another name',
      [{ name: 'x', columns: ['b', 'a'] }],
      [{ name: 'y', columns: ['a', 'b'] }],
      [],
    ],
    ['the key itself', [], [{ name: 'x', columns: ['id', 'a'] }], []],
    [
      'a narrower key',
      [{ name: 'x', columns: ['a'] }],
      [{ name: 'y', columns: ['a', 'b'] }],
      ['warning TW_KEY_MISMATCH a'],
    ],
    ['one expression of one name', [{ name: 'x', columns: null }], [{ name: 'x', columns: null }], []],
    ['expressions of two names', [], [{ name: 'x', columns: null }], ['warning TW_KEY_MISMATCH -']],
  ])('are compared by what they imply: %s', (_, source, target, expected) => {
    expect(summary(check(source, target))).toEqual(expected)
  })

  it('are not equal over a column that is converted', () => {
    const same = (text: string | null): string | null => text
    const uniques = [{ name: 'x', columns: ['a'] }]
    const found = check(uniques, uniques, { columns: { a: { up: same, down: same } } })
    expect(summary(found)).toEqual(['warning TW_KEY_MISMATCH a', 'warning TW_KEY_MISMATCH a'])
  })
})

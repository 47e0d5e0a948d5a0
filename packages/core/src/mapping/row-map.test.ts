import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import { bigint, column, plan, table } from './catalog-fixture.ts'
import type { MigrationConfig } from './config.ts'
import type { TableMapping } from './resolve.ts'

type Tables = MigrationConfig['tables']

function mappingOf(...given: Parameters<typeof plan>): TableMapping {
  const { mappings, problems } = plan(...given)
  expect(problems.filter((problem) => problem.severity === 'error')).toEqual([])
  const [mapping] = mappings
  if (mapping === undefined) throw new Error('no mapping')
  return mapping
}

function names(mapping: TableMapping): [string[], string[]] {
  return [mapping.source.columns.map((one) => one.name), mapping.target.columns.map((one) => one.name)]
}

const nullable = { nullable: true }

describe('a mapping that renames', () => {
  const source = table('users', [
    column('id', 'integer', bigint),
    column('first', 'text'),
    column('last', 'text'),
  ])
  const target = table(
    'people',
    [column('surname', 'text'), column('key', 'integer', bigint), column('forename', 'text')],
    {
      key: ['key'],
    },
  )
  const mapping = mappingOf(
    { users: { target: 'people', columns: { id: 'key', first: 'forename', last: 'surname' } } },
    { source: [source], target: [{ ...target, columns: target.columns.filter((one) => one.name !== 'id') }] },
  )

  it('pairs the columns in one order on both sides, whatever the order in the tables', () => {
    expect(names(mapping)).toEqual([
      ['id', 'first', 'last'],
      ['key', 'forename', 'surname'],
    ])
    expect(mapping.name).toBe('users')
    expect(mapping.source.mapping).toBe('users')
    expect(mapping.target.mapping).toBe('users')
    expect(mapping.source.key.map((one) => one.name)).toEqual(['id'])
    expect(mapping.target.key.map((one) => one.name)).toEqual(['key'])
  })

  it('returns the row itself, without a copy', () => {
    const row = ['1', 'Ada', null]
    expect(mapping.toTarget(row)).toBe(row)
    expect(mapping.toSource(row)).toBe(row)
  })

  it('works without `this`', () => {
    const { toTarget, toSource } = mapping
    expect(toSource(toTarget(['1', 'a', 'b']))).toEqual(['1', 'a', 'b'])
  })
})

describe('any mapping of renamed and reordered columns', () => {
  const hostile = fc.oneof(
    fc.string({ minLength: 1, unit: 'binary' }),
    fc.constantFrom(
      '__proto__',
      'constructor',
      'toString',
      "a'b",
      'a"b',
      'a`b',
      '$1',
      '?',
      '--',
      'a\u0000b',
      'SELECT',
      'ä',
      ' ',
    ),
  )
  const distinct = fc.uniqueArray(hostile, { minLength: 1, maxLength: 12 })
  const shape = fc
    .tuple(distinct, distinct)
    .map(([a, b]) => [a.slice(0, b.length), b.slice(0, a.length)] as const)
    .chain(([from, to]) =>
      fc.record({
        from: fc.constant(from),
        to: fc.constant(to),
        order: fc.shuffledSubarray(to, { minLength: to.length }),
        keys: fc.integer({ min: 1, max: from.length }),
        row: fc.array(fc.option(fc.string()), { minLength: from.length, maxLength: from.length }),
      }),
    )

  test.prop([shape])(
    'keeps every text under the right name, there and back, with hostile names (W4, W14)',
    (given) => {
      const { from, to, order, keys, row } = given
      const columnOf = (name: string) => column(name, 'text')
      const source = { ...table('a', []), columns: from.map(columnOf), key: from.slice(0, keys) }
      const target = { ...table('b', []), columns: order.map(columnOf), key: to.slice(0, keys) }
      const columns = Object.fromEntries(from.map((name, index) => [name, to[index] ?? '']))
      const mapping = mappingOf({ a: { target: 'b', columns } }, { source: [source], target: [target] })
      const there = mapping.toTarget(row)
      expect(mapping.toSource(there)).toEqual(row)
      const [, targetNames] = names(mapping)
      for (const [index, name] of to.entries()) expect(there[targetNames.indexOf(name)]).toBe(row[index])
      expect(mapping.target.key.map((one) => from[to.indexOf(one.name)])).toEqual(
        mapping.source.key.map((one) => one.name),
      )
    },
  )
})

describe('a mapping with conversions', () => {
  const sides = {
    source: [
      table('t', [
        column('ok', 'integer', nullable),
        column('at', 'datetime', { scale: 6 }),
        column('note', 'text', nullable),
      ]),
    ],
    target: [
      table('t', [
        column('ok', 'boolean', nullable),
        column('at', 'instant', { scale: 6 }),
        column('note', 'text', nullable),
      ]),
    ],
  }
  const upper = (text: string | null): string | null => text?.toUpperCase() ?? 'NONE'
  const lower = (text: string | null): string | null =>
    text === 'NONE' ? null : (text?.toLowerCase() ?? null)
  const tables: Tables = { t: { columns: { note: { up: upper, down: lower } }, accept: ['ok', 'at'] } }

  it('converts accepted kinds itself and hands NULL only to the functions of the user', () => {
    const mapping = mappingOf(tables, sides)
    expect(mapping.toTarget(['1', '1', '1970-01-01 00:00:01', 'x'])).toEqual(['1', 'true', '1000000', 'X'])
    expect(mapping.toTarget(['1', null, '1970-01-01 00:00:01', null])).toEqual(['1', null, '1000000', 'NONE'])
    expect(mapping.toSource(['1', 'false', '1000000', 'NONE'])).toEqual([
      '1',
      '0',
      '1970-01-01 00:00:01',
      null,
    ])
  })

  it('refuses a value that the other side cannot hold, naming table and column (W5)', () => {
    const mapping = mappingOf(tables, sides)
    expect(() => mapping.toTarget(['1', '2', '1970-01-01 00:00:01', 'x'])).toThrow(
      /TW_SECONDARY_REJECTED: t: column "ok" .* cannot hold "2"/,
    )
  })

  it('leaves the given row alone', () => {
    const row = Object.freeze(['1', '1', '1970-01-01 00:00:01', 'x'])
    expect(mappingOf(tables, sides).toTarget(row)).not.toBe(row)
    expect(row).toEqual(['1', '1', '1970-01-01 00:00:01', 'x'])
  })

  it.each([
    [
      'throws',
      () => JSON.parse('{') as string,
      /TW_SECONDARY_REJECTED: `up` of column "note" of t threw SyntaxError/,
    ],
    [
      'returns undefined',
      () => undefined as unknown as string,
      /TW_CONFIG_INVALID: `up` of column "note" of t returned undefined/,
    ],
    [
      'returns a number',
      () => 5 as unknown as string,
      /TW_CONFIG_INVALID: `up` of column "note" of t returned a number/,
    ],
  ])('rejects a row on which a function %s', (_, up, message) => {
    const broken: Tables = { t: { columns: { note: { up, down: lower } }, accept: ['ok', 'at'] } }
    const mapping = mappingOf(broken, sides)
    expect(() => mapping.toTarget(['1', null, '1970-01-01 00:00:01', 'x'])).toThrow(message)
  })
})

describe('a mapping with ignored columns', () => {
  const mapping = mappingOf(
    { t: { ignore: { source: { legacy: '0', cache: null }, target: { channel: 'web', made: null } } } },
    {
      source: [
        table('t', [column('legacy', 'integer'), column('name', 'text'), column('cache', 'text', nullable)]),
      ],
      target: [
        table('t', [
          column('made', 'instant', { hasDefault: true }),
          column('name', 'text'),
          column('channel', 'text'),
        ]),
      ],
    },
  )

  it('leaves them out, but writes the given text into every row of its side', () => {
    expect(names(mapping)).toEqual([
      ['id', 'name', 'legacy'],
      ['id', 'name', 'channel'],
    ])
    expect(mapping.toTarget(['1', 'a', '7'])).toEqual(['1', 'a', 'web'])
    expect(mapping.toSource(['1', 'a', 'shop'])).toEqual(['1', 'a', '0'])
  })
})

describe('a mapping with row functions', () => {
  const sides = {
    source: [
      table('users', [column('name', 'text'), column('status', 'integer'), column('mail', 'text', nullable)]),
    ],
    target: [
      table('users', [
        column('first', 'text'),
        column('last', 'text'),
        column('status', 'boolean'),
        column('mail', 'text', nullable),
      ]),
    ],
  }
  const mapUsers = (up: (row: Record<string, string | null>) => object): TableMapping =>
    mappingOf(
      {
        users: {
          accept: ['status'],
          up: up as (row: Record<string, string | null>) => Record<string, string | null>,
          down: (row) => ({ name: `${row['first']} ${row['last']}` }),
        },
      },
      sides,
    )
  const split = (row: Record<string, string | null>): Record<string, string | null> => {
    const [first = '', last = ''] = (row['name'] ?? '').split(' ')
    return { first, last }
  }

  it('asks them only for columns without counterpart, and carries the others', () => {
    const mapping = mapUsers(split)
    expect(names(mapping)).toEqual([
      ['id', 'status', 'mail', 'name'],
      ['id', 'status', 'mail', 'first', 'last'],
    ])
    const there = mapping.toTarget(['7', '1', null, 'Ada Lovelace'])
    expect(there).toEqual(['7', 'true', null, 'Ada', 'Lovelace'])
    expect(mapping.toSource(there)).toEqual(['7', '1', null, 'Ada Lovelace'])
  })

  it('lets them override what is carried', () => {
    const mapping = mapUsers((row) => ({ ...split(row), mail: 'hidden' }))
    expect(mapping.toTarget(['7', '1', 'a@b', 'Ada L'])).toEqual(['7', 'true', 'hidden', 'Ada', 'L'])
  })

  it('gives them a row of names alone, without inherited ones', () => {
    let seen: Record<string, string | null> = {}
    mapUsers((row) => split((seen = row))).toTarget(['7', '1', null, 'Ada L'])
    expect(Object.getPrototypeOf(seen)).toBeNull()
    expect({ ...seen }).toEqual({ id: '7', status: '1', mail: null, name: 'Ada L' })
  })

  it.each([
    ['throws', () => JSON.parse('{') as object, /TW_SECONDARY_REJECTED: `up` of users threw SyntaxError/],
    ['returns nothing', () => null as unknown as object, /TW_CONFIG_INVALID: `up` of users returned no row/],
    [
      'leaves a column out',
      () => ({ first: 'x' }),
      /TW_CONFIG_INVALID: `up` of users returned no text for "last"/,
    ],
    [
      'makes a column that is not there',
      () => ({ first: 'x', last: 'y', age: '3' }),
      /returned "age", which is no travelling column of the target/,
    ],
    [
      'returns a number',
      () => ({ first: 'x', last: 5 }),
      /`up` of users for column "last" returned a number/,
    ],
    [
      'returns undefined',
      () => ({ first: 'x', last: undefined }),
      /`up` of users for column "last" returned undefined/,
    ],
    [
      'changes the key (W4)',
      () => ({ first: 'x', last: 'y', id: '8' }),
      /`up` of users changed key column "id"/,
    ],
  ])('rejects a row on which they do wrong: a function that %s', (_, up, message) => {
    const mapping = mapUsers(up)
    expect(() => mapping.toTarget(['7', '1', null, 'Ada L'])).toThrow(message)
  })

  it('takes the key from them when it is the same', () => {
    const mapping = mapUsers((row) => ({ ...split(row), id: row['id'] ?? null }))
    expect(mapping.toTarget(['7', '1', null, 'Ada L'])).toEqual(['7', 'true', null, 'Ada', 'L'])
  })

  it('leaves them pairs of one name whose types have nothing in common', () => {
    const mapping = mappingOf(
      {
        t: {
          up: (row) => ({ body: `h${row['body']}` }),
          down: (row) => ({ body: row['body']?.slice(1) ?? null }),
        },
      },
      { source: [table('t', [column('body', 'bytes')])], target: [table('t', [column('body', 'text')])] },
    )
    expect(mapping.toTarget(['1', 'ff'])).toEqual(['1', 'hff'])
    expect(mapping.toSource(['1', 'hff'])).toEqual(['1', 'ff'])
  })
})

import { describe, expect, it } from 'vitest'
import type { EngineName } from '../catalog.ts'
import { bigint, column, int, plan, summary, table } from './catalog-fixture.ts'
import { mappingError } from './problem.ts'

const nullable = { nullable: true }
const name = column('name', 'text')
const users = table('users', [name])

describe('planMapping', () => {
  it('finds nothing wrong with equal tables', () => {
    const found = plan({ users: true }, { source: [users], target: [users] })
    expect(found.problems).toEqual([])
    expect(found.mappings.map((mapping) => mapping.name)).toEqual(['users'])
    expect(mappingError(found.problems)).toBeUndefined()
  })

  it('gives no mapping at all as long as one table is wrong', () => {
    const found = plan({ users: true, orders: true }, { source: [users], target: [users] })
    expect(found.mappings).toEqual([])
    expect(summary(found)).toEqual(['error TW_TABLE_UNKNOWN -', 'error TW_TABLE_UNKNOWN -'])
  })

  describe('looks for tables', () => {
    it('and names side, engine, table and the one that was meant', () => {
      const { problems } = plan(
        { user: 'users' },
        { source: [users], target: [users] },
        { source: 'mysql', target: 'postgres' },
      )
      expect(problems).toMatchObject([
        {
          code: 'TW_TABLE_UNKNOWN',
          table: 'user',
          message: 'the source (mysql) has no table user',
          hint: 'Did you mean "users"? Create the table, or correct the name in `tables`',
        },
      ])
    })

    it('by schema where both name one', () => {
      const [own, other] = [table('users', [name], { schema: 'a' }), table('users', [name], { schema: 'b' })]
      const found = plan({ 'b.users': 'a.users' }, { source: [own, other], target: [own, other] })
      expect(found.mappings[0]?.source.table).toBe(other)
      expect(found.mappings[0]?.target.table).toBe(own)
    })

    it('in the default schema also under that schema’s name', () => {
      const found = plan({ 'public.users': true }, { source: [users], target: [users] })
      expect(summary(found)).toEqual([])
    })

    it('ignoring case only where the engine does', () => {
      expect(summary(plan({ Users: 'users' }, { source: [users], target: [users] }))).toEqual([
        'error TW_TABLE_UNKNOWN -',
      ])
      expect(
        summary(
          plan(
            { Users: 'users' },
            { source: [users], target: [users] },
            { source: 'sqlite', target: 'postgres' },
          ),
        ),
      ).toEqual(['warning TW_TYPE_LOSSY -'])
    })
  })

  it.each([
    [
      'two spellings of one source',
      { users: 'a', 'public.users': 'b' },
      /users \(source\) stands in two mappings, "users" and "public.users"/,
    ],
    [
      'one target of two sources',
      { a: 'users', b: 'users' },
      /users \(target\) stands in two mappings, "a" and "b"/,
    ],
  ])('refuses a table that stands twice: %s', (_, tables, message) => {
    const all = [users, table('a', [name]), table('b', [name])]
    const found = plan(tables, { source: all, target: all })
    expect(summary(found)).toEqual(['error TW_TABLE_TWICE -'])
    expect(found.problems[0]?.message).toMatch(message)
  })

  describe('asks for a key (W4)', () => {
    it('on the source', () => {
      const found = plan(
        { t: true },
        { source: [table('t', [name], { key: [] })], target: [table('t', [name])] },
      )
      expect(summary(found)).toEqual(['error TW_KEY_MISSING -'])
      expect(found.problems[0]?.message).toContain('t (source)')
    })

    it.each([
      ['has none', table('t', [name], { key: [] }), 'whose key is missing', 'Make (id) the primary key of t'],
      [
        'has another one',
        table('t', [name], { key: ['name'] }),
        'whose key is (name)',
        'Make (id) the primary key of t',
      ],
      [
        'has a longer one',
        table('t', [name], { key: ['id', 'name'] }),
        'whose key is (id, name)',
        'Make (id) the primary key',
      ],
      [
        'has it as a mere unique key',
        table('t', [name], { key: ['name'], uniques: [{ name: 'u', columns: ['id'] }] }),
        'whose key is (name)',
        '(id) is a unique key there; make it the primary key',
      ],
    ])('that is the target’s key, too, when the target %s', (_, target, message, hint) => {
      const { problems } = plan(
        { t: true },
        { source: [table('t', [name], { uniques: [{ name: 'u', columns: ['name'] }] })], target: [target] },
      )
      const found = problems.filter((problem) => problem.severity === 'error')
      expect(found).toMatchObject([{ code: 'TW_KEY_MISMATCH', table: 't', column: 'id' }])
      expect(found[0]?.message).toContain(message)
      expect(found[0]?.hint).toContain(hint)
    })

    it('whose columns may stand in any order, and puts them into one order', () => {
      const columns = [column('b', 'text'), column('a', 'text')]
      const found = plan(
        { t: { columns: { a: 'y', b: 'x' } } },
        {
          source: [{ ...table('t', []), columns, key: ['b', 'a'] }],
          target: [
            { ...table('t', []), columns: [column('x', 'text'), column('y', 'text')], key: ['x', 'y'] },
          ],
        },
      )
      expect(found.mappings[0]?.source.key.map((one) => one.name)).toEqual(['a', 'b'])
      expect(found.mappings[0]?.target.key.map((one) => one.name)).toEqual(['y', 'x'])
    })

    it.each([
      [
        'ignored',
        { t: { ignore: { source: ['id'], target: ['id'] } } },
        column('id', 'integer', { ...bigint, counter: true }),
      ],
      [
        'converted',
        {
          t: { columns: { id: { up: (text: string | null) => text, down: (text: string | null) => text } } },
        },
        column('id', 'integer', bigint),
      ],
      ['of a kind with other texts', { t: { accept: ['id'] } }, column('id', 'boolean')],
      [
        'of a kind that cannot be carried',
        { t: { up: () => ({}), down: () => ({}) } },
        column('id', 'bytes'),
      ],
    ] as const)('whose columns are not %s', (_, tables, target) => {
      const source = column('id', 'integer', { ...bigint, counter: true })
      const found = plan(tables, { source: [table('t', [source])], target: [table('t', [target])] })
      expect(summary(found)).toContain('error TW_KEY_MISMATCH id')
    })

    it('that is no JSON of SQLite, which is not found by its canonical text', () => {
      const tables = {
        source: [table('t', [column('id', 'json')])],
        target: [table('t', [column('id', 'json')])],
      }
      const of = (engine: EngineName): string[] =>
        summary(plan({ t: true }, tables, { source: engine, target: engine }))
      expect(of('sqlite')).toEqual(['error TW_KEY_MISMATCH id'])
      expect(of('postgres')).toEqual([])
    })

    it('that neither side generates', () => {
      const made = table('t', [column('id', 'integer', { ...bigint, generated: true })])
      const found = plan({ t: true }, { source: [made], target: [made] })
      expect(summary(found)).toEqual(['error TW_KEY_MISMATCH id'])
    })
  })

  describe('pairs columns', () => {
    const one = (
      tables: Parameters<typeof plan>[0],
      source: Parameters<typeof table>[1],
      target: Parameters<typeof table>[1],
    ) => plan(tables, { source: [table('t', source)], target: [table('t', target)] })

    it('and refuses those without counterpart on either side', () => {
      const found = one(
        { t: true },
        [name, column('age', 'integer', int)],
        [column('full_name', 'text'), column('Age', 'integer', int)],
      )
      expect(summary(found)).toEqual([
        'error TW_COLUMN_UNMATCHED name',
        'error TW_COLUMN_UNMATCHED age',
        'error TW_COLUMN_UNMATCHED full_name',
        'error TW_COLUMN_UNMATCHED Age',
      ])
      expect(found.problems[1]).toMatchObject({
        message: 't.age (source) has no counterpart in t (target)',
        hint: 'Did you mean "Age"? Map it with `columns: { "age": ... }`, or put it into `ignore.source`',
      })
      expect(found.problems[2]?.hint).toBe(
        'Map it with `columns: { ...: "full_name" }`, or put it into `ignore.target`',
      )
    })

    it('that exchange their names', () => {
      const found = one(
        { t: { columns: { a: 'b', b: 'a' } } },
        [column('a', 'text'), column('b', 'text')],
        [column('a', 'text'), column('b', 'text')],
      )
      expect(summary(found)).toEqual([])
      expect(found.mappings[0]?.target.columns.map((each) => each.name)).toEqual(['id', 'b', 'a'])
    })

    it('but not by name with a column that another one was mapped to', () => {
      const found = one(
        { t: { columns: { a: 'b' } } },
        [column('a', 'text'), column('b', 'text')],
        [column('b', 'text')],
      )
      expect(summary(found)).toEqual(['error TW_COLUMN_UNMATCHED b'])
    })

    it('and refuses names that do not exist', () => {
      const found = one(
        { t: { columns: { nmae: 'x', name: 'nam' }, ignore: { source: ['y'], target: ['z'] } } },
        [name],
        [name],
      )
      expect(summary(found).toSorted()).toEqual([
        'error TW_COLUMN_UNKNOWN nam',
        'error TW_COLUMN_UNKNOWN nmae',
        'error TW_COLUMN_UNKNOWN x',
        'error TW_COLUMN_UNKNOWN y',
        'error TW_COLUMN_UNKNOWN z',
        'error TW_COLUMN_UNMATCHED name',
      ])
      expect(found.problems[0]).toMatchObject({
        message: 't (source) has no column "nmae", which `columns` names',
        hint: 'Did you mean "name"? Its columns are "id", "name"',
      })
    })

    it('and refuses contradictions', () => {
      const found = one(
        { t: { columns: { a: 'x', b: 'x', c: 'y' }, ignore: { source: ['a'], target: ['y'] } } },
        [column('a', 'text', nullable), column('b', 'text'), column('c', 'text')],
        [column('x', 'text'), column('y', 'text', nullable)],
      )
      const errors = found.problems.filter((problem) => problem.severity === 'error')
      expect(errors.map((problem) => problem.message)).toEqual([
        't.a (source) is mapped and ignored',
        'columns "a" and "b" both go to t.x (target)',
        't.y (target) is mapped and ignored',
      ])
      expect(new Set(errors.map((problem) => problem.code))).toEqual(new Set(['TW_CONFIG_INVALID']))
    })

    it('with generated columns only where both are or the other one is ignored', () => {
      const made = column('sum', 'integer', { ...int, generated: true, nullable: true })
      const plain = column('sum', 'integer', { ...int, nullable: true })
      expect(summary(one({ t: true }, [made], [made]))).toEqual([])
      expect(summary(one({ t: true }, [made], []))).toEqual([])
      expect(summary(one({ t: true }, [], [made]))).toEqual([])
      expect(summary(one({ t: { ignore: { target: ['sum'] } } }, [made], [plain]))).toEqual([])
      const [toPlain, toMade] = [one({ t: true }, [made], [plain]), one({ t: true }, [plain], [made])]
      expect(summary(toPlain)).toEqual(['error TW_COLUMN_UNMATCHED sum'])
      expect(toPlain.problems[0]?.hint).toBe('Make both generated, or put "sum" into `ignore.target`')
      expect(summary(toMade)).toEqual(['error TW_COLUMN_UNMATCHED sum'])
      expect(toMade.problems[0]?.hint).toBe('Make both generated, or put "sum" into `ignore.source`')
      const both = one({ t: true }, [made], [made])
      expect(both.mappings[0]?.source.columns.map((each) => each.name)).toEqual(['id'])
    })
  })

  describe('looks at ignored columns of either side, since both will follow', () => {
    const ignoring = (ignore: object, extra: ReturnType<typeof column>, side: 'source' | 'target') =>
      plan(
        { t: { ignore: { [side]: ignore } } },
        {
          source: [table('t', side === 'source' ? [name, extra] : [name])],
          target: [table('t', side === 'target' ? [name, extra] : [name])],
        },
      )

    it.each(['source', 'target'] as const)('and refuses NOT NULL without default on the %s', (side) => {
      const found = ignoring(['extra'], column('extra', 'text'), side)
      expect(summary(found)).toEqual(['error TW_COLUMN_UNMATCHED extra'])
      expect(found.problems[0]?.message).toContain(
        `t.extra (${side}) is ignored, but is NOT NULL without a default`,
      )
      expect(found.problems[0]?.hint).toContain(`ignore: { ${side}: { "extra": '...' } }`)
    })

    it.each([
      ['a nullable one', nullable],
      ['one with a default', { hasDefault: true }],
      ['a counter', { counter: true }],
      ['a generated one', { generated: true }],
    ])('and takes %s', (_, more) => {
      expect(summary(ignoring(['extra'], column('extra', 'text', more), 'target'))).toEqual([])
    })

    it('and takes any with a text of its kind only', () => {
      expect(summary(ignoring({ extra: 'true' }, column('extra', 'boolean'), 'target'))).toEqual([])
      const found = ignoring({ extra: '1' }, column('extra', 'boolean'), 'target')
      expect(summary(found)).toEqual(['error TW_CONFIG_INVALID extra'])
      expect(found.problems[0]?.message).toBe(
        '"1", which `ignore.target` gives to t.extra (target), is no canonical text of kind boolean',
      )
    })

    it('and gives no text to a generated one', () => {
      expect(
        summary(ignoring({ extra: 'x' }, column('extra', 'text', { generated: true }), 'target')),
      ).toEqual(['error TW_CONFIG_INVALID extra'])
    })
  })
})

describe('mappingError', () => {
  it('throws a single problem under its own code, message and hint', () => {
    const { problems } = plan({ users: 'nope' }, { source: [users], target: [users] })
    const error = mappingError(problems)
    expect(error).toMatchObject({ code: 'TW_TABLE_UNKNOWN', table: 'users' })
    expect(error?.message).toBe(
      'TW_TABLE_UNKNOWN: the target (postgres) has no table nope. Create the table, or correct the option `target`',
    )
  })

  it('lists several with their remedies, under the code of the first, and leaves warnings out', () => {
    const { problems } = plan(
      { a: true, b: true },
      {
        source: [table('a', [name, column('x', 'text')]), table('b', [name], { key: [] })],
        target: [table('a', [name], { uniques: [{ name: 'u', columns: ['name'] }] }), table('b', [name])],
      },
    )
    expect(problems.some((problem) => problem.severity === 'warning')).toBe(true)
    const error = mappingError(problems)
    expect(error?.code).toBe('TW_COLUMN_UNMATCHED')
    expect(error?.message.split('\n')).toEqual([
      'TW_COLUMN_UNMATCHED: 2 problems in the mapping:',
      '- TW_COLUMN_UNMATCHED: a.x (source) has no counterpart in a (target). Map it with `columns: { "x": ... }`, or put it into `ignore.source`',
      '- TW_KEY_MISSING: b (source) has neither a primary key nor a unique key without nullable columns. Add a primary key, or leave the table out of the migration. Mend them all, then start again.',
    ])
  })
})

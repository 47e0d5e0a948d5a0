import { describe, expect, it } from 'vitest'
import type { ForeignKey, ReferentialAction } from '../catalog.ts'
import { column, foreignKey, int, plan, summary, table, tied } from './catalog-fixture.ts'
import type { MigrationConfig } from './config.ts'

const parent = table('orders', [])
const child = table('items', [column('parent_id', 'integer', int), column('other_id', 'integer', int)])

/** Both tables on both sides, with the given foreign keys. */
function check(
  source: readonly ForeignKey[],
  target: readonly ForeignKey[],
  tables: MigrationConfig['tables'] = { orders: true, items: true },
) {
  return plan(tables, { source: tied([parent, child], source), target: tied([parent, child], target) })
}

const cascading = foreignKey('fk', 'items', 'orders', { onDelete: 'cascade' })
const plain = foreignKey('fk', 'items', 'orders')
const uncovered = 'error TW_FOREIGN_KEY_UNCOVERED -'
const doubtful = 'warning TW_FOREIGN_KEY_UNCOVERED -'

describe('validateForeignKeys', () => {
  it('takes equal foreign keys between mapped tables, whatever their names and actions', () => {
    const other = foreignKey('another_name', 'items', 'orders', { onDelete: 'set null' })
    expect(summary(check([cascading], [cascading]))).toEqual([])
    expect(summary(check([cascading], [other]))).toEqual([])
    expect(summary(check([plain], [plain]))).toEqual([])
  })

  it.each<[ReferentialAction, 'onDelete' | 'onUpdate', string]>([
    ['cascade', 'onDelete', 'ON DELETE CASCADE'],
    ['set null', 'onDelete', 'ON DELETE SET NULL'],
    ['set default', 'onDelete', 'ON DELETE SET DEFAULT'],
    ['cascade', 'onUpdate', 'ON UPDATE CASCADE'],
    ['set null', 'onUpdate', 'ON UPDATE SET NULL'],
  ])('refuses %s %s where the child is not mapped (W10)', (action, event, text) => {
    const key = foreignKey('fk', 'items', 'orders', { [event]: action })
    const found = check([key], [], { orders: true })
    expect(found.problems).toEqual([
      {
        code: 'TW_FOREIGN_KEY_UNCOVERED',
        table: 'orders',
        severity: 'error',
        message: `foreign key "fk" of items to orders (source, ${text}) changes rows by itself, and items is not mapped, so that capture cannot follow`,
        hint: 'Map items too, or accept it with `accept: ["foreign-key:fk"]`',
      },
    ])
  })

  it('refuses an action of a parent that is not mapped, on the side that will be primary, too (W10)', () => {
    const found = check([], [cascading], { items: true })
    expect(summary(found)).toEqual([uncovered])
    expect(found.problems[0]?.message).toContain('(target, ON DELETE CASCADE)')
    expect(found.problems[0]?.message).toContain('orders is not mapped')
  })

  it('says nothing of a foreign key to a mapped table that one side still lacks: that the table is missing is said', () => {
    const found = plan(
      { orders: true, items: true },
      { source: tied([parent, child], [cascading]), target: tied([child], []) },
    )
    expect(found.problems.map(({ code, table: name }) => [code, name])).toEqual([
      ['TW_TABLE_UNKNOWN', 'orders'],
    ])
  })

  it.each(['no action', 'restrict'] as const)(
    'only warns of %s with a table that is not mapped',
    (onDelete) => {
      const found = check([{ ...plain, onDelete }], [], { items: true })
      expect(summary(found)).toEqual([doubtful])
      expect(found.problems[0]?.hint).toContain('Map orders too')
      expect(found.mappings).toHaveLength(1)
    },
  )

  it('refuses actions that one side alone has', () => {
    const found = check([cascading], [])
    expect(summary(found)).toEqual([uncovered])
    expect(found.problems[0]).toMatchObject({
      table: 'items',
      message:
        'foreign key "fk" of items to orders (source, ON DELETE CASCADE) has no equal on items (target), so that its actions would change rows on one side only',
      hint: 'Add the same foreign key to items (target), drop this one, or accept it with `accept: ["foreign-key:fk"]`',
    })
    expect(summary(check([], [cascading]))).toEqual([uncovered])
  })

  it('only warns of a foreign key without actions that one side alone has', () => {
    expect(summary(check([plain], []))).toEqual([doubtful])
  })

  it('does not take a foreign key over other columns for an equal one', () => {
    const other = foreignKey('fk', 'items', 'orders', { onDelete: 'cascade', childColumns: ['other_id'] })
    expect(summary(check([cascading], [other]))).toEqual([uncovered, uncovered])
  })

  it('knows renamed tables and columns, and the order of column pairs, as equal', () => {
    const target = [
      table('buys', [column('kind', 'text')]),
      table('lines', [column('buy_kind', 'text'), column('buy', 'integer', int)]),
    ]
    const source = [
      table('orders', [column('type', 'text')]),
      table('items', [column('parent_id', 'integer', int), column('parent_type', 'text')]),
    ]
    const from = foreignKey('a', 'items', 'orders', {
      onDelete: 'cascade',
      childColumns: ['parent_id', 'parent_type'],
      parentColumns: ['id', 'type'],
    })
    const to = foreignKey('b', 'lines', 'buys', {
      onDelete: 'cascade',
      childColumns: ['buy_kind', 'buy'],
      parentColumns: ['kind', 'id'],
    })
    const found = plan(
      {
        orders: { target: 'buys', columns: { type: 'kind' } },
        items: { target: 'lines', columns: { parent_id: 'buy', parent_type: 'buy_kind' } },
      },
      { source: tied(source, [from]), target: tied(target, [to]) },
    )
    expect(summary(found)).toEqual([])
  })

  it('judges a table that refers to itself once', () => {
    const tree = foreignKey('fk', 'items', 'items', { onDelete: 'cascade' })
    expect(summary(check([tree], [tree]))).toEqual([])
    expect(summary(check([tree], []))).toEqual([uncovered])
  })

  it.each(['orders', 'items'])('is silent when %s accepts the foreign key by name', (name) => {
    const tables = { orders: {}, items: {}, [name]: { accept: ['foreign-key:fk'] } }
    expect(summary(check([cascading], [], tables))).toEqual([])
  })
})

describe('validateTriggers', () => {
  const audit = { name: 'audit', timing: 'after', event: 'INSERT' } as const

  it.each(['source', 'target'] as const)(
    'refuses a trigger on the %s, which will be primary and secondary (W10)',
    (side) => {
      const bare = [table('orders', [])]
      const found = plan(
        { orders: true },
        { source: bare, target: bare, [side]: [table('orders', [], { triggers: [audit] })] },
      )
      expect(found.problems).toEqual([
        {
          code: 'TW_TRIGGER_UNCOVERED',
          table: 'orders',
          severity: 'error',
          message: `orders (${side}) has the trigger "audit" (after INSERT), which may write rows that capture cannot see, or change applied rows`,
          hint: 'Drop the trigger for the time of the migration, or accept it with `accept: ["trigger:audit"]`',
        },
      ])
    },
  )

  it('takes a trigger that is accepted by name, and no other', () => {
    const source = [table('orders', [], { triggers: [audit, { ...audit, name: 'other' }] })]
    const found = plan({ orders: { accept: ['trigger:audit'] } }, { source, target: [table('orders', [])] })
    expect(found.problems.map((problem) => problem.message)).toEqual([expect.stringContaining('"other"')])
  })
})

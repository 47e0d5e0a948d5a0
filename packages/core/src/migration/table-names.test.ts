import { describe, expect, it } from 'vitest'
import type { TableNames } from '../adapter.ts'
import { bigint, column, plan, table } from '../mapping/catalog-fixture.ts'
import { type MigrationConfig, parseMigration } from '../mapping/config.ts'
import { tableNames } from './table-names.ts'

const made = { generated: true, nullable: true }
const free = { nullable: true }

function namesOf(
  settings: MigrationConfig['tables'][string],
  sides: { source: ReturnType<typeof column>[]; target: ReturnType<typeof column>[] },
): TableNames {
  const tables = { orders: settings }
  const id = column('id', 'integer', bigint)
  const { mappings, problems } = plan(tables, {
    source: [table('orders', [id, ...sides.source])],
    target: [table('orders', [id, ...sides.target])],
  })
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
  return tableNames(parseMigration({ name: 'm', tables }), mappings)[0]!
}

describe('what is told of the columns of both sides', () => {
  const a = column('a', 'text')
  const b = column('b', 'text')

  it('is nothing but the configuration as long as the catalogs are not known', () => {
    const migration = parseMigration({ name: 'm', tables: { orders: { columns: { a: 'b' } } } })
    expect(tableNames(migration, null)[0]).toMatchObject({
      renamed: new Map([['a', 'b']]),
      columns: null,
      inOrder: null,
      samePlaces: false,
    })
  })

  it('is their order in the source, and whether it is that of the target', () => {
    expect(namesOf(true, { source: [a, b], target: [a, b] })).toMatchObject({
      columns: new Map([
        ['id', 'id'],
        ['a', 'a'],
        ['b', 'b'],
      ]),
      inOrder: ['id', 'a', 'b'],
      samePlaces: true,
    })
    expect(namesOf(true, { source: [a, b], target: [b, a] })).toMatchObject({
      inOrder: ['id', 'a', 'b'],
      samePlaces: false,
    })
    const renamed = namesOf({ columns: { b: 'c' } }, { source: [a, b], target: [a, column('c', 'text')] })
    expect(renamed).toMatchObject({ inOrder: ['id', 'a', 'c'], samePlaces: true })
  })

  it('holds columns that both databases make themselves, which nobody inserts (W1)', () => {
    const sides = { source: [column('a', 'text', made), b], target: [column('a', 'text', made), b] }
    expect(namesOf(true, sides)).toMatchObject({
      columns: new Map([
        ['id', 'id'],
        ['a', 'a'],
        ['b', 'b'],
      ]),
      inOrder: null,
      samePlaces: true,
    })
  })

  it('leaves out columns that are ignored, with a text or without', () => {
    const more = namesOf(
      { ignore: { source: { old: 'x', older: null } } },
      { source: [column('old', 'text'), column('older', 'text', free), b], target: [b] },
    )
    expect([...more.columns!.keys()]).toEqual(['id', 'b'])
    expect(more).toMatchObject({ inOrder: null, samePlaces: false })
    const extra = namesOf(
      { ignore: { target: ['fresh'] } },
      { source: [b], target: [b, column('fresh', 'text', free)] },
    )
    expect(extra).toMatchObject({ inOrder: ['id', 'b'], samePlaces: false })
  })
})

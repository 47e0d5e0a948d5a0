// The tables of the random programs. Both sides use the same names, so that a program's raw SQL means the same before and after
// a switch (renaming is what the conformance suites are for).

import type { Side } from '@twinwrite/core'
import type { Engine } from '@twinwrite/testkit'
import type { Fixture } from '../conformance/reset.ts'
import type { ColumnSpec, Kind, TableSpec } from '../conformance/tables.ts'

const column = (name: string, kind: Kind, given: Partial<ColumnSpec> = {}): ColumnSpec => ({
  name,
  kind,
  to: name,
  required: false,
  unique: false,
  fallback: null,
  parent: null,
  ...given,
})

const now: Record<Engine, string> = {
  postgres: 'CURRENT_TIMESTAMP(6)',
  mysql: 'CURRENT_TIMESTAMP(6)',
  mariadb: 'CURRENT_TIMESTAMP(6)',
  sqlite: `(strftime('%Y-%m-%d %H:%M:%f', 'now'))`,
}

/** A table that is not mapped, and a column that each database works out. */
export const alsoMade: Record<Engine, readonly string[]> = {
  postgres: also('ALTER TABLE items ADD COLUMN twice int GENERATED ALWAYS AS (n * 2) STORED'),
  mysql: also('ALTER TABLE items ADD COLUMN twice int GENERATED ALWAYS AS (n * 2) STORED'),
  mariadb: also('ALTER TABLE items ADD COLUMN twice int GENERATED ALWAYS AS (n * 2) VIRTUAL'),
  sqlite: also('ALTER TABLE items ADD COLUMN twice int GENERATED ALWAYS AS (n * 2) VIRTUAL'),
}

function also(generated: string): string[] {
  return ['CREATE TABLE logs (id int NOT NULL PRIMARY KEY, n int)', generated]
}

/** Made by the database, so never equal in two of them: not compared between plain and wrapped, but between the sides. */
export const madeColumn = 'made'
/** When a row was given up; only whether it was can be equal. */
export const goneColumn = 'gone'

/**
 * The columns of `pets` stand in another order on the target; all others in the same, since programs have raw inserts and raw
 * results that rely on it.
 */
export function tablesOn(engine: Engine, which: Side | 'plain' = 'source'): readonly TableSpec[] {
  return specs(engine).map((table) =>
    which === 'target' && table.source === 'pets'
      ? { ...table, columns: [...table.columns].reverse() }
      : table,
  )
}

function specs(engine: Engine): TableSpec[] {
  const table = (source: string, key: readonly string[], columns: readonly ColumnSpec[]): TableSpec => ({
    source,
    target: source,
    key,
    columns,
  })
  const required = true
  return [
    table(
      'items',
      ['id'],
      [
        column('id', 'counter'),
        column('code', 'code', { required, unique: true }),
        column('name', 'code'),
        column('n', 'int', { required, fallback: '0' }),
        column('price', 'money'),
        column(madeColumn, 'datetime', { fallback: now[engine] }),
      ],
    ),
    table(
      'slots',
      ['tenant', 'sku'],
      [
        column('tenant', 'int', { required }),
        column('sku', 'code', { required }),
        column('n', 'int'),
        column('note', 'code'),
        column(goneColumn, 'datetime'),
      ],
    ),
    table('words', ['word'], [column('word', 'code', { required }), column('n', 'int')]),
    table(
      'owners',
      ['id'],
      [column('id', 'serial'), column('name', 'code', { required, unique: true }), column('n', 'int')],
    ),
    table(
      'pets',
      ['id'],
      [
        column('id', 'int', { required }),
        column('ownerId', 'int', { required, parent: { table: 'owners', column: 'id' } }),
        column('name', 'code'),
        column('n', 'int'),
      ],
    ),
  ]
}

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)

export const fixture: Fixture = {
  items: [
    ['id', 'code', 'name', 'n', 'price', madeColumn],
    ...range(6).map((id) => [id, `c${id}`, `name ${id}`, id % 3, `${id}.25`, '2024-05-06 07:08:09.123']),
  ],
  slots: [['tenant', 'sku', 'n', 'note'], ...range(6).map((n) => [n % 2, `s${n}`, n % 3, null])],
  words: [
    ['word', 'n'],
    ['w1', 1],
    ['w2', 2],
    ['w3', 0],
  ],
  owners: [['id', 'name', 'n'], ...range(3).map((id) => [id, `o${id}`, id])],
  pets: [['id', 'ownerId', 'name', 'n'], ...range(5).map((id) => [id, (id % 3) + 1, `p${id}`, id % 3])],
}

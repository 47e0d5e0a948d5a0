import { describe, expect, it } from 'vitest'
import { column, table } from '../mapping/catalog-fixture.ts'
import type { SideTable } from '../mapping/side-table.ts'
import { type InsertScan, scanText } from '../scan/scan.ts'
import { insertedColumns } from './insert-rows.ts'

describe('an INSERT without a column list', () => {
  it('fills the columns in the order of the table, not in that of the row that travels (W10)', () => {
    const [key, a, made] = [
      column('id', 'integer'),
      column('a', 'text'),
      column('b', 'text', { generated: true }),
    ]
    const side: SideTable = {
      mapping: 't',
      table: table('t', [a, made, key]),
      columns: [key, a],
      key: [key],
    }
    const scan = scanText(`insert into t values ('x', default, 1)`, 'mysql') as InsertScan
    expect(insertedColumns(side, scan)).toEqual(['a', 'b', 'id'])
  })
})

import { expect, it } from 'vitest'
import { column, int, table } from './catalog-fixture.ts'
import { parseMigration } from './config.ts'
import { planMapping } from './resolve.ts'

it('names a column of `reads.shadow.ignore` that the source does not have', () => {
  const orders = table('orders', [column('updated_at', 'integer', int)])
  const side = { engine: 'postgres', tables: [orders] } as const
  const problemsOf = (ignore: readonly string[]) => {
    const config = { name: 'shop', tables: { orders: true }, reads: { shadow: { rate: 1, ignore } } }
    return planMapping(parseMigration(config), side, side).problems
  }
  expect(problemsOf(['orders.updated_at', 'orders.updatedAt', 'orders.id'])).toEqual([])
  expect(problemsOf(['orders.updated'])).toMatchObject([
    {
      code: 'TW_COLUMN_UNKNOWN',
      table: 'orders',
      column: 'updated',
      severity: 'error',
      message: '`reads.shadow.ignore` names "orders.updated", which is no column of orders (source)',
    },
  ])
})

// The table of the bench as a TypeORM schema.

import { EntitySchema } from 'typeorm'

export interface OrderRow {
  id: string
  customer_id: number
  status: string
  total: number
  note: string | null
}

export const orders = new EntitySchema<OrderRow>({
  name: 'orders',
  columns: {
    id: { type: 'bigint', primary: true, generated: 'increment' },
    customer_id: { type: 'int' },
    status: { type: 'varchar', length: 20 },
    total: { type: 'decimal', precision: 12, scale: 2 },
    note: { type: 'varchar', length: 200, nullable: true },
  },
})

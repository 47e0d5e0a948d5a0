// The migration whose two sides are compared.

import type { MigrationConfig } from '@twinwrite/core'

const columns = ['id', 'customer', 'state', 'total', 'code', 'note', 'extra', 'created', 'changed']

export const config: MigrationConfig = { name: 'bench', tables: { orders: { accept: columns } } }

// For tests: a small shop in two schemas, and the carry of one statement between two dialects of real Knex clients.

import knex, { type Knex } from 'knex'
import type { TableNames } from '@twinwrite/core'
import type { Client, Compiled, Runnable } from '../knex-internals.ts'
import { compilingClient } from './compiling-client.ts'
import { type DialectName, dialectOf } from './dialect.ts'
import { MappedTables } from './mapped-table.ts'
import { type CarriedStatement, type CarrySides, carryStatement } from './statement.ts'

export type ClientName = 'pg' | 'mysql2' | 'better-sqlite3'

interface NamesConfig {
  readonly columns?: Readonly<Record<string, string>>
  readonly target?: string
  readonly targetSchema?: string
  readonly sourceSchema?: string
  readonly converted?: boolean
  /** False: as before both catalogs are known. */
  readonly known?: boolean
  readonly samePlaces?: boolean
}

export function names(source: string, { columns = {}, ...config }: NamesConfig = {}): TableNames {
  const pairs = Object.entries(columns)
  return {
    mapping: source,
    source: { schema: config.sourceSchema ?? null, name: source },
    target: { schema: config.targetSchema ?? null, name: config.target ?? source },
    renamed: new Map(pairs.filter(([from, to]) => from !== to)),
    columns: config.known === false ? null : new Map(pairs),
    inOrder: config.known === false ? null : Object.values(columns),
    samePlaces: config.samePlaces ?? config.known !== false,
    converted: config.converted ?? false,
  }
}

/** orders -> purchases (id, customer_id -> buyer, total -> amount, note), items -> lines, customers unchanged. */
export const shop: readonly TableNames[] = [
  names('orders', {
    target: 'purchases',
    columns: { id: 'id', customer_id: 'buyer', total: 'amount', note: 'note' },
  }),
  names('items', { target: 'lines', columns: { id: 'id', order_id: 'purchase_id', qty: 'quantity' } }),
  names('customers', { columns: { id: 'id', name: 'name' } }),
]

/** A Knex that compiles but never connects. */
export function compiler(client: ClientName, config: Knex.Config = {}): Knex {
  return knex({ ...config, client, ...(client === 'better-sqlite3' ? { useNullAsDefault: true } : {}) })
}

export interface Carrier {
  readonly source: Knex
  carry(statement: unknown): CarriedStatement
  /** SQL text for the target, with `?` marks; throws what can't be carried. */
  sql(statement: unknown): string
  compiled(statement: unknown): Compiled
}

export function carrier(source: Knex, target: Knex, tables: readonly TableNames[] = shop): Carrier {
  const sourceClient = source.client as Client
  const targetClient = target.client as Client
  const sourceDialect = dialectNamed(sourceClient)
  const sides: CarrySides = {
    source: sourceClient,
    target: compilingClient(targetClient, sourceClient),
    sourceDialect,
    targetDialect: dialectNamed(targetClient),
    tables: new MappedTables(tables, sourceDialect, sourceDialect === 'postgres' ? 'public' : null),
    scanDialect: sourceDialect,
    counterOf: () => 'id',
    keyOf: () => ['id'],
  }
  const carry = (statement: unknown): CarriedStatement => carryStatement(sides, statement as Runnable)
  const compiled = (statement: unknown): Compiled => {
    const carried = carry(statement)
    if (carried.problem !== null) throw carried.problem
    const one = carried.compile()
    if (Array.isArray(one)) throw new Error('several statements')
    return one
  }
  return { source, carry, compiled, sql: (statement) => compiled(statement).sql }
}

function dialectNamed(client: Client): DialectName {
  const dialect = dialectOf(client.driverName)
  if (dialect === undefined) throw new Error(client.driverName)
  return dialect
}

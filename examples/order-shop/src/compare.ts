// The exact comparison of both databases: every table, every row, every value, read by plain drivers. It shares nothing
// with the migration, not even the mapping: the names stand here once more.

import { type SecondDatabase, readSqliteTable } from './second-database.ts'

type Row = Readonly<Record<string, string | null>>

interface Pair {
  readonly source: string
  readonly target: string
  readonly key: readonly string[]
  /** Target column by source column. */
  readonly columns: Readonly<Record<string, string>>
}

const pairs: readonly Pair[] = [
  {
    source: 'customers',
    target: 'clients',
    key: ['id'],
    columns: { id: 'id', name: 'full_name', email: 'mail', since: 'since' },
  },
  {
    source: 'products',
    target: 'articles',
    key: ['id'],
    columns: { id: 'id', name: 'title', price_cents: 'price' },
  },
  {
    source: 'stock',
    target: 'shelf',
    key: ['product_id'],
    columns: { product_id: 'article_id', on_hand: 'pieces' },
  },
  {
    source: 'orders',
    target: 'purchases',
    key: ['id'],
    columns: {
      id: 'id',
      customer_id: 'client_id',
      status: 'state',
      total_cents: 'amount',
      placed_at: 'ordered_at',
      paid_at: 'paid_at',
    },
  },
  {
    source: 'order_items',
    target: 'purchase_lines',
    key: ['order_id', 'product_id'],
    columns: {
      order_id: 'purchase_id',
      product_id: 'article_id',
      quantity: 'pieces',
      price_cents: 'unit_price',
    },
  },
]

export interface Comparison {
  readonly rows: number
  readonly values: number
  /** Sentences; empty when both databases are equal. */
  readonly differences: readonly string[]
  /** Rows of each side by source table, target columns under the source's names. */
  readonly source: Readonly<Record<string, readonly Row[]>>
  readonly target: Readonly<Record<string, readonly Row[]>>
}

export async function compare(sourceFile: string, second: SecondDatabase): Promise<Comparison> {
  const source: Record<string, Row[]> = {}
  const target: Record<string, Row[]> = {}
  const differences: string[] = []
  let rows = 0
  let values = 0
  for (const pair of pairs) {
    const here = (source[pair.source] = readSqliteTable(sourceFile, pair.source))
    const there = (target[pair.source] = renamed(pair, await second.readTable(pair.target)))
    differences.push(...differencesOf(pair, here, there))
    rows += here.length
    values += here.length * Object.keys(pair.columns).length
  }
  return { rows, values, differences, source, target }
}

function renamed({ target, columns }: Pair, rows: readonly Row[]): Row[] {
  const names = new Map(Object.entries(columns).map(([source, target]) => [target, source]))
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [names.get(name) ?? `${target}.${name}`, value]),
    ),
  )
}

function differencesOf(
  { source: table, key, columns }: Pair,
  here: readonly Row[],
  there: readonly Row[],
): string[] {
  const keyOf = (row: Row): string => key.map((column) => row[column]).join(', ')
  // The columns' names belong to the text: a column that nobody listed here is a difference.
  const textOf = (row: Row): string => JSON.stringify(Object.entries(row).toSorted(byName))
  const listed = Object.keys(columns).toSorted().join(', ')
  const left = new Map(there.map((row) => [keyOf(row), textOf(row)]))
  const found: string[] = []
  for (const row of here) {
    const id = `${table} ${keyOf(row)}`
    const text = textOf(row)
    const other = left.get(keyOf(row))
    left.delete(keyOf(row))
    if (Object.keys(row).toSorted().join(', ') !== listed)
      found.push(`${id} has other columns than ${listed}`)
    if (other === undefined) found.push(`${id} is missing in the target`)
    else if (other !== text) found.push(`${id} differs: ${text} and ${other}`)
  }
  for (const id of left.keys()) found.push(`${table} ${id} is missing in the source`)
  return found
}

function byName(one: readonly [string, unknown], other: readonly [string, unknown]): number {
  return one[0] < other[0] ? -1 : 1
}

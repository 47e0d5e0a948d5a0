// Which rows stand between two keys, in the order that the index of the key has in this database.

import { decodeKey, type Key, type KeyRange, type SideTable } from '@twinwrite/core'
import { around, join, raw, type Sql, sql } from '../sql-text.ts'
import type { StoreContext } from './context.ts'

/** Columns of the key (alias `t`) as what a row is ordered by. */
function ordered({ engine }: StoreContext, table: SideTable): string[] {
  return table.key.map((column) => engine.keyOrder(column, `t.${engine.quote(column.name)}`))
}

export function inKeyOrder(context: StoreContext, table: SideTable, direction: '' | ' DESC' = ''): Sql {
  return raw(
    ordered(context, table)
      .map((expression) => `${expression}${direction}`)
      .join(', '),
  )
}

/** Canonical texts of the key. */
export function keyTexts({ engine }: StoreContext, table: SideTable): Sql {
  return raw(
    table.key.map((column) => engine.values.canonical(column, `t.${engine.quote(column.name)}`)).join(', '),
  )
}

/** Condition on `t`. */
export function withinRange(context: StoreContext, table: SideTable, { after, upTo, where }: KeyRange): Sql {
  const bounds = [
    ...(after === null ? [] : [beyond(context, table, after, { side: '>', last: '>' })]),
    ...(upTo === null ? [] : [beyond(context, table, upTo, { side: '<', last: '<=' })]),
    ...(where === undefined ? [] : [raw(`(${where}\n)`)]),
  ]
  return bounds.length === 0 ? sql`1 = 1` : join(bounds, ' AND ')
}

/** `a > x OR (a = x AND b > y)`: not every engine finds its index for a comparison of rows. */
function beyond(
  context: StoreContext,
  table: SideTable,
  bound: Key,
  operator: { readonly side: '>' | '<'; readonly last: '>' | '<=' },
): Sql {
  const { engine } = context
  const order = ordered(context, table)
  const parts = decodeKey(bound, table.key.length)
  const compare = (index: number, symbol: string): Sql =>
    sql`${raw(`${order[index]!} ${symbol} `)}${around(
      (slot) =>
        engine.keyOrder(table.key[index]!, engine.values.typed(table.key[index]!, slot, parts[index])),
      parts[index],
    )}`
  const alternatives = table.key.map((_, index) => {
    const symbol = index === table.key.length - 1 ? operator.last : operator.side
    const equal = table.key.slice(0, index).map((__, before) => compare(before, '='))
    return join([...equal, compare(index, symbol)], ' AND ')
  })
  // The first column alone narrows the index, whatever the planner makes of the rest.
  return alternatives.length === 1
    ? alternatives[0]!
    : sql`${compare(0, `${operator.side}=`)} AND (${join(
        alternatives.map((one) => sql`(${one})`),
        ' OR ',
      )})`
}

// Whether every acknowledged write is there at the end.

import type { ConnectionSpec } from '@twinwrite/core'
import { withClient } from './plain-client.ts'
import type { Book } from './traffic/book.ts'
import { foundRows } from './traffic/found-rows.ts'
import type { TrafficTable } from './traffic/traffic-table.ts'

/**
 * @param shared mappings that the application's own statements write too, so that a row may have been changed by one of them
 * @returns number of lost writes, by mapping
 */
export function lostWrites(
  book: Book,
  source: ConnectionSpec,
  traffic: readonly TrafficTable[],
  shared: ReadonlySet<string>,
): Promise<Record<string, number>> {
  return withClient(source, async (db) => {
    const lost: Record<string, number> = {}
    for (const table of traffic.filter(
      ({ mapping }) => book.tables.includes(mapping) && !shared.has(mapping),
    )) {
      const keys = book.lost(table.mapping, await foundRows(db, source.engine, table))
      if (keys.length > 0) lost[table.mapping] = keys.length
    }
    return lost
  })
}

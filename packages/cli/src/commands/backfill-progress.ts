// A backfill under way in words, here and in status.

import type { BackfillProgress } from '@twinwrite/backfill'
import { etaText, type Seen } from '../run-view.ts'
import { count } from '../text.ts'

export function backfillView({ tables, perSecond, etaMs, paused, throttled }: BackfillProgress): Seen {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0)
  const estimate = tables.reduce((sum, table) => sum + Math.max(table.estimate, table.rows), 0)
  const under = tables.filter(({ done }) => !done).map(({ table, way }) => `${table} (${way})`)
  const parts = [
    `${count(rows)} of about ${count(estimate)} rows`,
    `${count(Math.round(perSecond))} rows/s`,
    etaText(etaMs),
    ...(under.length > 0 ? [under.join(', ')] : []),
    ...(paused ? ['paused'] : []),
    ...(throttled === null ? [] : [`waits: ${throttled}`]),
  ]
  return { rows, estimate, text: parts.join(', ') }
}

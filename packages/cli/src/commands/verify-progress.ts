import type { VerifyProgress } from '@twinwrite/verify'
import { etaText, type Seen } from '../run-view.ts'
import { count, counted } from '../text.ts'

export function verifyView({ tables, rowsPerSecond, etaMs, mismatches, throttle }: VerifyProgress): Seen {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0)
  const known = tables.every(({ estimate }) => estimate !== null)
  const estimate = tables.reduce((sum, table) => sum + Math.max(table.estimate ?? 0, table.rows), 0)
  const parts = [
    known ? `${count(rows)} of about ${count(estimate)} rows` : `${count(rows)} rows`,
    `${count(Math.round(rowsPerSecond))} rows/s`,
    ...(known ? [etaText(etaMs)] : []),
    counted(mismatches, 'mismatch', 'mismatches'),
    ...(throttle === null ? [] : [`waits: ${throttle}`]),
  ]
  return { rows, estimate, text: parts.join(', ') }
}

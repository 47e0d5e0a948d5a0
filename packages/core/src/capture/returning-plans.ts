// Plans for engines where every write returns its rows (PostgreSQL, SQLite).

import type { DeleteScan, InsertScan, UpdateScan } from '../scan/statement.ts'
import type { WriteScan } from '../write/write-side.ts'
import type { CaptureSide } from './capture.ts'
import type { CapturePlan } from './capture-plan.ts'
import { EvictingCapture } from './evicting-capture.ts'
import { reactionsTo } from './foreign-key-actions.ts'
import { assignedColumns, refuseUpsertOfKey } from './key-assignment.ts'
import { ReadFirstCapture } from './read-first-capture.ts'
import { refusal } from './refusal.ts'
import { ReturningCapture } from './returning-capture.ts'
import { UnlessKeyKept } from './unless-key-kept.ts'
import { UpsertOfGivenKey } from './upsert-of-given-key.ts'
import type { WrittenTable } from './written-table.ts'

/** @throws TwinwriteError `TW_CAPTURE_REFUSED` */
export function returningPlan(
  side: CaptureSide,
  written: WrittenTable,
  scan: WriteScan,
  sql: string,
): CapturePlan {
  refuseHalfDone(written, scan)
  switch (scan.kind) {
    case 'insert':
      return insertPlan(side, written, scan)
    case 'update':
      return updatePlan(side, written, scan, sql)
    case 'delete':
      return deletePlan(side, written, scan, sql)
  }
}

/** https://www.sqlite.org/lang_conflict.html: FAIL keeps the rows before the failing one, ROLLBACK ends the transaction. */
function refuseHalfDone({ table }: WrittenTable, scan: WriteScan): void {
  const conflict =
    scan.kind === 'insert' ? scan.ignore : scan.kind === 'update' ? scan.modifiers[0] : undefined
  if (conflict !== 'or-fail' && conflict !== 'or-rollback') return
  throw refusal(
    table.mapping,
    conflict.replace('-', ' ').toUpperCase(),
    'Use OR ABORT, which is the default.',
  )
}

function insertPlan(side: CaptureSide, written: WrittenTable, scan: InsertScan): CapturePlan {
  const { table } = written
  const plain = new ReturningCapture(side, written, scan)
  if (scan.verb !== 'replace' && scan.ignore !== 'or-replace') {
    const depends = refuseUpsertOfKey(side, table, scan, null)
    return depends ? new UpsertOfGivenKey(written, scan, plain) : plain
  }
  const reactions = reactionsTo(side, table, { op: 'delete' })
  const onlyByKey = table.table.uniques.length === 0 && !table.key.some(({ foldsText }) => foldsText)
  return onlyByKey && reactions.length === 0
    ? plain
    : new EvictingCapture(side, written, scan, reactions, plain)
}

function updatePlan(side: CaptureSide, written: WrittenTable, scan: UpdateScan, sql: string): CapturePlan {
  const { table } = written
  const plain = new ReturningCapture(side, written, scan)
  const columns = assignedColumns(side, table, scan.assignments)
  const inKey = table.key.some(({ name }) => columns.has(name))
  const inUnique =
    inKey || table.table.uniques.some((one) => one.columns?.some((name) => columns.has(name)) ?? true)
  if (scan.modifiers.includes('or-replace') && inUnique) {
    throw refusal(table.mapping, 'UPDATE OR REPLACE of a unique column')
  }
  const reactions = reactionsTo(side, table, { op: 'update', columns })
  if (!inKey && reactions.length === 0) return plain
  const readFirst = new ReadFirstCapture(side, written, scan, sql, reactions, plain)
  const others = new Set([...columns].filter((name) => !table.key.some((column) => column.name === name)))
  const alone = reactionsTo(side, table, { op: 'update', columns: others }).length === 0
  return inKey && alone ? new UnlessKeyKept(side, written, scan, plain, readFirst) : readFirst
}

function deletePlan(side: CaptureSide, written: WrittenTable, scan: DeleteScan, sql: string): CapturePlan {
  const plain = new ReturningCapture(side, written, scan)
  const reactions = reactionsTo(side, written.table, { op: 'delete' })
  return reactions.length === 0 ? plain : new ReadFirstCapture(side, written, scan, sql, reactions, plain)
}

// What two databases never tell alike, taken out of what the app saw; nothing else is. Each of these is a function with its reason.

import { isDescribedError } from '../conformance/describe-error.ts'
import type { Step } from './program.ts'
import type { Seen } from './run-step.ts'
import { madeColumn } from './tables.ts'

/** @param hiddenIds whether the numbers of SQLite's rows without a number of their own may differ, see `losesHiddenIds` */
export function withoutIncidents({ step, saw }: Seen, hiddenIds: boolean): unknown {
  const told = withoutTimes(withoutMade(inOrder(step, withoutPlan(saw))))
  return hiddenIds ? withoutHiddenId(step, told) : told
}

/** Rows that a write gives back come in the order in which the engine met them, which no engine promises. */
function inOrder(step: Step, saw: unknown): unknown {
  if ((step.do !== 'update' && step.do !== 'delete') || !Array.isArray(saw)) return saw
  const text = (row: unknown): string => JSON.stringify(row)
  return [...(saw as unknown[])].sort((left, right) => (text(left) < text(right) ? -1 : 1))
}

/** PostgreSQL tells the whole row that it refuses, with the time that it was made. */
function withoutTimes(saw: unknown): unknown {
  if (!isDescribedError(saw) || typeof saw['detail'] !== 'string') return saw
  return { ...saw, detail: saw['detail'].replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?/g, 'a time') }
}

/** The time that each database fills in by itself. */
function withoutMade(saw: unknown): unknown {
  if (Array.isArray(saw)) return saw.map(withoutMade)
  if (typeof saw !== 'object' || saw === null || saw instanceof Date) return saw
  const copy = Object.assign(Object.create(Object.getPrototypeOf(saw) as object), saw) as Record<
    string,
    unknown
  >
  delete copy[madeColumn]
  if ('rows' in copy) copy['rows'] = withoutMade(copy['rows'])
  return copy
}

/**
 * Of an UPDATE that matches nothing MariaDB leaves the text out when its plan finds that out beforehand. Bound to no row, the
 * statement always has such a plan, so twinwrite can only put the text back.
 */
function withoutPlan(saw: unknown): unknown {
  if (!Array.isArray(saw)) return saw
  return saw.map((one: unknown) => {
    const isHeader = typeof one === 'object' && one !== null && 'affectedRows' in one && 'info' in one
    return isHeader && one.info === 'Rows matched: 0  Changed: 0  Warnings: 0' ? { ...one, info: '' } : one
  })
}

const numbered: ReadonlySet<string> = new Set(['items', 'owners'])

/**
 * SQLite numbers rows that have no number of their own, such as those of `slots`, and better-sqlite3 reports the number of the
 * connection's latest row with every write. No column holds it, so it does not travel. Numbers that a column holds stay.
 */
function withoutHiddenId(step: Step, saw: unknown): unknown {
  if ((step.do === 'insert' || step.do === 'batchInsert') && numbered.has(step.table)) return saw
  if (Array.isArray(saw) && saw.every((one) => typeof one === 'number')) return saw.map(() => 'a number')
  if (typeof saw === 'object' && saw !== null && 'lastInsertRowid' in saw)
    return { ...saw, lastInsertRowid: 'a number' }
  return saw
}

/**
 * Whether hidden numbers may differ from now on: the other side has numbered its rows itself, or an insert without a parent
 * failed, which with RETURNING happens behind the numbering and else before.
 */
export function losesHiddenIds(seen: readonly Seen[]): boolean {
  return seen.some(
    ({ step, saw }) =>
      step.do === 'move' || (isDescribedError(saw) && saw['code'] === 'SQLITE_CONSTRAINT_FOREIGNKEY'),
  )
}

// What two databases never tell alike, taken out of what the app saw; nothing else is. Each of these is a function with its reason.

import { isDescribedError } from '../conformance/describe-error.ts'
import type { Step } from './program.ts'
import type { Seen } from './run-step.ts'
import { goneColumn, madeColumn } from './tables.ts'

/** @param hiddenIds whether the numbers of SQLite's rows without a number of their own may differ, see `losesHiddenIds` */
export function withoutIncidents({ step, saw }: Seen, onTarget: boolean, hiddenIds: boolean): unknown {
  const rows = withoutMade(inOrder(step, saw))
  const told = withoutRow(withoutCursor(withoutVerb(withoutFirst(step, rows))), onTarget)
  return hiddenIds ? withoutHiddenId(step, told) : told
}

/** Rows that a write gives back come in the order in which the engine met them, which no engine promises. */
function inOrder(step: Step, saw: unknown): unknown {
  const writes =
    step.do === 'raw' ? /\breturning\b/i.test(step.sql) : step.do === 'update' || step.do === 'delete'
  if (!writes || typeof saw !== 'object' || saw === null) return saw
  if (Array.isArray(saw)) return sorted(saw)
  // TypeORM tells them as they came and as objects.
  const lists = Object.entries(saw).filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]))
  return lists.length === 0 || !('raw' in saw)
    ? saw
    : { ...saw, ...Object.fromEntries(lists.map(([name, list]) => [name, sorted(list)])) }
}

function sorted(rows: readonly unknown[]): unknown[] {
  const text = (row: unknown): string => JSON.stringify(row)
  return [...rows].sort((left, right) => (text(left) < text(right) ? -1 : 1))
}

/** PostgreSQL tells the whole row that it refuses: with the time that it was made, and on the target in its own order of columns. */
function withoutRow(saw: unknown, onTarget: boolean): unknown {
  if (!isDescribedError(saw) || typeof saw['detail'] !== 'string') return saw
  const timeless = saw['detail'].replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?/g, 'a time')
  const detail = onTarget ? timeless.replace(/^Failing row contains \(.*\)\.$/s, 'a row') : timeless
  const { driverError } = saw
  // TypeORM has the driver's own error, too.
  return typeof driverError === 'object' && driverError !== null
    ? { ...saw, detail, driverError: { ...driverError, detail } }
    : { ...saw, detail }
}

/** Of several rows that are changed or copied, the first one that the server meets breaks the rule; no server promises which. */
function withoutFirst(step: Step, saw: unknown): unknown {
  const many = step.do === 'update' || (step.do === 'raw' && /\b(?:update|select)\b/i.test(step.sql))
  if (!many || !isDescribedError(saw)) return saw
  const { message, detail, sqlMessage } = saw
  const strip = (text: unknown): unknown =>
    typeof text === 'string'
      ? text
          .replace(/(?<=Duplicate entry )'.*'(?= for key)/s, 'a value')
          .replace(/(?<=^Key \(.*\)=)\(.*\)/s, 'a value')
      : text
  return { ...saw, message: strip(message), detail: strip(detail), sqlMessage: strip(sqlMessage) }
}

/** On PostgreSQL a read of ours meets the read-only transaction before the statement does. */
function withoutVerb(saw: unknown): unknown {
  if (!isDescribedError(saw) || saw['code'] !== '25006') return saw
  return { ...saw, message: saw.message.replace(/(?<=cannot execute )[A-Z ]+(?= in a read-only)/, 'it') }
}

/** node-postgres names its cursors by their number in the process. */
function withoutCursor(saw: unknown): unknown {
  if (!isDescribedError(saw) || typeof saw['where'] !== 'string') return saw
  return { ...saw, where: saw['where'].replace(/"C_\d+"/, '"C"') }
}

/** The times that each database fills in by itself. */
function withoutMade(saw: unknown): unknown {
  if (Array.isArray(saw)) return saw.map(withoutMade)
  if (typeof saw !== 'object' || saw === null || saw instanceof Date) return saw
  const copy = Object.assign(Object.create(Object.getPrototypeOf(saw) as object), saw) as Record<
    string,
    unknown
  >
  delete copy[madeColumn]
  if (copy[goneColumn] != null) copy[goneColumn] = 'a time'
  for (const [name, member] of Object.entries(copy))
    if (Array.isArray(member)) copy[name] = withoutMade(member)
  return copy
}

const numbered: ReadonlySet<string> = new Set(['items', 'owners'])

/**
 * SQLite numbers rows that have no number of their own, such as those of `slots`, and better-sqlite3 reports the number of the
 * connection's latest row with every write. No column holds it, so it does not travel. Numbers that a column holds stay.
 */
function withoutHiddenId(step: Step, saw: unknown): unknown {
  if ((step.do === 'insert' || step.do === 'batchInsert') && numbered.has(step.table)) return saw
  if (Array.isArray(saw) && saw.every((one) => typeof one === 'number')) return saw.map(() => 'a number')
  if (Array.isArray(saw)) return saw.map((one: unknown) => withoutHiddenId(step, one))
  if (typeof saw !== 'object' || saw === null) return saw
  if ('lastInsertRowid' in saw) return { ...saw, lastInsertRowid: 'a number' }
  if (!('raw' in saw) || typeof saw.raw !== 'number') return saw
  // TypeORM takes it for the key of a row that an upsert did not insert, and reads that row.
  return step.do === 'upsert' ? 'any row' : { ...saw, raw: 'a number' }
}

/**
 * Whether hidden numbers may differ from now on: the other side has numbered its rows itself, or an insert without a parent
 * failed, which with RETURNING happens behind the numbering and else before, or the source has got a row past the target.
 */
export function losesHiddenIds(seen: readonly Seen[]): boolean {
  return seen.some(
    ({ step, saw }) =>
      step.do === 'move' ||
      step.do === 'aside' ||
      (isDescribedError(saw) && saw['code'] === 'SQLITE_CONSTRAINT_FOREIGNKEY'),
  )
}

// Rows that only the secondary has are taken away, then comes what was written since a time: enough where the rest came from a dump (W12). Marks
// of the table stay: a write that was not captured may have left the time alone.

import { type Column, columnOf, insisting, momentText, TwinwriteError } from '@twinwrite/core'
import type { RunContext } from './context.ts'
import { extraChunk } from './extra-rows.ts'
import { applyKeys, steady } from './live-chunk.ts'
import { planOf } from './load-table.ts'
import { outwaitApplies } from './loading.ts'
import type { TablePlan } from './notes.ts'
import { sideBySide } from './side-by-side.ts'

/** One part, read by time; `extraChunk` notes its place behind it. */
const plan: TablePlan = { way: 'since', ends: [''], estimate: 0, marks: [] }

/**
 * Null where the table is loaded whole: nothing is asked of times, it has no such column, or its rows are chosen by `where`.
 * @throws TwinwriteError `TW_COLUMN_UNKNOWN`
 */
export function writtenColumn({ direction, options }: RunContext, table: string): Column | null {
  const { column: named } = options.writtenSince ?? {}
  const name = typeof named === 'object' ? named[table] : named
  if (name === undefined || options.where?.[table] !== undefined) return null
  const found = columnOf(direction.tables.get(table)!.from.table, name)
  if (found === undefined && typeof named === 'string') return null
  if (found?.kind === 'instant' || found?.kind === 'datetime') return found
  throw new TwinwriteError(
    'TW_COLUMN_UNKNOWN',
    `${table}: ${JSON.stringify(name)} is no column of dates and times`,
    { table },
  )
}

/** Null where the table must be loaded whole. */
export function loadSince(context: RunContext, table: string): Promise<void> | null {
  const column = writtenColumn(context, table)
  return column === null ? null : bringSince(context, table, column)
}

async function bringSince(context: RunContext, table: string, column: Column): Promise<void> {
  const { direction, load, notes, parallel, progress, signal } = context
  await planOf(context, table, () => Promise.resolve(plan))
  progress.set(table, { way: 'since', rows: notes.part(table, 1).rows, done: false })
  if (!notes.part(table, 2).done) await outwaitApplies(direction, load)
  await sideBySide([2], parallel, load.clock, signal, (part) => extraChunk(context, table, part))
  await sideBySide([1], parallel, load.clock, signal, () => writtenChunk(context, table, column))
  progress.set(table, { done: true })
}

/** @returns false when nothing is left */
async function writtenChunk(context: RunContext, table: string, column: Column): Promise<boolean> {
  const { load, notes, options, progress, signal, size, throttle, written } = context
  const [note, held] = [notes.part(table, 1), notes.held(table, 1)]
  if (note.done) return false
  const wanted = steady(size.rows.rows)
  await throttle.secondary.pass(wanted, signal)
  const time = note.time ?? momentText(column, options.writtenSince!.time.getTime())
  const page = await insisting(load, () =>
    written!.changed(table, column.name, { time, after: note.after }, wanted),
  )
  const begun = load.clock.now()
  const rows = page.map(({ key }) => ({ table, key }))
  if (rows.length > 0) await applyKeys(context, rows)
  size.rows.took(rows.length, load.clock.now() - begun)
  const last = page.at(-1)
  const next = {
    after: last?.key ?? note.after,
    time: last?.time ?? time,
    rows: note.rows + rows.length,
    done: rows.length < wanted,
    live: true,
  }
  if (await notes.savePart(table, 1, next, held)) progress.add(table, rows.length)
  return !notes.part(table, 1).done
}

// Looks through one table, chunk by chunk: suspects get their second look soon, some together, and those that are still on their way
// another one at the end. Upholds W11.

import {
  type AdaptiveSize,
  confirm,
  type Direction,
  type Mismatch,
  type RowKey,
  systemClock,
} from '@twinwrite/core'
import type { Look, LookContext, Position } from './look/look.ts'
import type { Progress, TableState } from './progress.ts'
import { raced } from './raced.ts'
import type { Tally } from './report.ts'

export interface TableRun {
  readonly direction: Direction
  readonly name: string
  readonly progress: Progress
  readonly size: AdaptiveSize
  readonly signal: AbortSignal
  lookFrom(context: Pick<LookContext, 'size'>, position: Position): AsyncGenerator<Look>
  /** Resolves when so many rows may be read. */
  pass(rows: number): Promise<void>
  /** Counts and stores what was confirmed, before the checkpoint says that it is done. */
  found(mismatches: readonly Mismatch[]): Promise<void>
  compared(rows: number): void
}

const clock = systemClock
/** Milliseconds after which most writes have been applied: less to lock for the second look. */
const settleMs = 20
/** Suspects, and milliseconds, after which those that came get their second look. */
const gathered = { rows: 100, ms: 1000 }
/** More rows in flight than that are waited for before the next chunk. */
const mostPending = 1000
const patience = { clock, tries: 12, restMs: 100 }

export async function verifyTable(run: TableRun): Promise<TableState> {
  const { name, progress, signal, size } = run
  let state = progress.of(name)
  let judgedLast = { pending: 0, at: clock.now() }
  if (state.position !== null) {
    const sized = { size: () => size.rows }
    await run.pass(size.rows)
    let began = clock.now()
    for await (const seen of run.lookFrom(sized, state.position)) {
      size.took(seen.rows, seen.ms ?? clock.now() - began)
      state = behind(state, seen)
      if (isDue(state.pending.length - judgedLast.pending, clock.now() - judgedLast.at)) {
        state = await settle(run, state)
        judgedLast = { pending: state.pending.length, at: clock.now() }
      }
      run.compared(seen.rows)
      await progress.save(name, state)
      if (signal.aborted) break
      await run.pass(size.rows)
      began = clock.now()
    }
  }
  if (state.pending.length > 0) {
    const { pending } = state
    state = await judged(run, { ...state, pending: [] }, pending, signal.aborted ? 1 : patience.tries)
    await progress.save(name, state)
  }
  return state
}

function behind(state: TableState, { rows, suspects, next }: Look): TableState {
  return {
    ...state,
    position: next,
    rows: state.rows + rows,
    pending: [...state.pending, ...suspects],
  }
}

function isDue(rows: number, ms: number): boolean {
  return rows >= gathered.rows || (rows > 0 && ms >= gathered.ms)
}

async function settle(run: TableRun, state: TableState): Promise<TableState> {
  await clock.sleep(settleMs)
  const seen = await judged(run, { ...state, pending: [] }, state.pending, 1)
  if (seen.pending.length <= mostPending) return seen
  return judged(run, { ...seen, pending: [] }, seen.pending, patience.tries)
}

async function judged(
  run: TableRun,
  state: TableState,
  rows: readonly RowKey[],
  looks: number,
): Promise<TableState> {
  const seen = await confirm(run.direction, rows, { ...patience, looks, signal: run.signal })
  if (seen === null) throw raced(run.direction)
  await run.found(seen.confirmed)
  return {
    ...state,
    mismatches: added(state.mismatches, seen.confirmed),
    pending: [...state.pending, ...seen.inFlight],
  }
}

function added(tally: Tally, found: readonly Mismatch[]): Tally {
  const sum = { ...tally }
  for (const { kind } of found) sum[kind]++
  return sum
}

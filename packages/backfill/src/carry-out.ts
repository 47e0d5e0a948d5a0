// One run from its first look to its last note: fast where it can, then live, then counters.

import { followedSince, insisting, TwinwriteError } from '@twinwrite/core'
import type { RunContext } from './context.ts'
import { fastTables, leaveFast, loadFast } from './fast-load.ts'
import { loadSince } from './load-since.ts'
import { keptBy, leftOver, loadedBefore } from './loaded.ts'
import { loadLive } from './load-table.ts'
import type { Head } from './notes.ts'
import { askedOf, type BackfillOptions, type Way } from './options.ts'

export interface BackfillReport {
  /** `stopped`: the next run goes on where this one ended. */
  readonly outcome: 'finished' | 'stopped'
  readonly tables: readonly { readonly table: string; readonly way: Way; readonly rows: number }[]
  /** Mapped tables that nobody has loaded yet: the load as a whole is finished when there are none. */
  readonly left: readonly string[]
  /** Why a fast load had to go on live; null when none did. */
  readonly fellBack: string | null
}

/** @param names mappings, parents first @returns why a fast load had to go on live */
export async function carryOut(context: RunContext, names: readonly string[]): Promise<string | null> {
  const { direction, migration, options, replicas } = context
  // One that does not tell its lag is found out before anything is changed.
  await Promise.all(replicas.map((brake) => brake.look()))
  const head = await beginOrJoin(context, names)
  const fast = mayBeFast(options) ? await fastTables(context, names, head.loaded) : []
  if (options.way === 'fast') refuseUnfit(context, names, fast)
  let fellBack: string | null = null
  if (fast.length > 0) fellBack = await loadFast(context, names, head.loaded)
  // Left behind by a run that was killed after its last chunk, or that this one shall not go on with.
  else await leaveFast(context)
  for (const table of names) await (loadSince(context, table) ?? loadLive(context, table))
  await migration.raiseCounters(direction)
  await requireSince(context, head.since)
  await finish(context)
  return fellBack
}

/** A target that was filled from a dump holds rows. */
export function mayBeFast({ way, writtenSince }: BackfillOptions): boolean {
  return way !== 'live' && writtenSince === undefined
}

/** Unless tables are left to other calls. @throws TwinwriteError `TW_BACKFILL_RACED` */
async function finish({ direction, notes }: RunContext): Promise<void> {
  for (;;) {
    await notes.again()
    if (leftOver(notes, direction.tables.keys()).length > 0) return
    if (await notes.saveHead({ ...notes.head!, state: 'finished' })) return
  }
}

/** Goes on with the last run where it may, else begins one. @throws TwinwriteError `TW_BACKFILL_EARLY` */
async function beginOrJoin(context: RunContext, names: readonly string[]): Promise<Head> {
  const { direction, load, notes, options } = context
  const since = await insisting(load, () => followedSince(direction.primary))
  if (since === null) {
    throw new TwinwriteError(
      'TW_BACKFILL_EARLY',
      `writes of the ${direction.primarySide} may still be unjournaled`,
    )
  }
  const asked = askedOf(options)
  for (;;) {
    await notes.read()
    const joined = joinLast(context, since)
    if (joined !== null) return joined
    const primary = direction.primarySide
    const others = [...direction.tables.keys()].filter((table) => !names.includes(table))
    const head: Head = {
      id: `${since}-${load.clock.random().toString(36).slice(2)}`,
      since,
      primary,
      asked,
      loaded: loadedBefore(notes, direction.tables.keys()),
      kept: keptBy({ since, primary }, notes, others),
      state: 'running',
    }
    if (await notes.saveHead(head)) return head
  }
}

/** Goes on with the last run, as the notes were read. @returns null where it may not be gone on with */
export function joinLast({ direction, notes, options }: RunContext, since: number | null): Head | null {
  const last = notes.head
  if (last?.state !== 'running' || last.since !== since || last.primary !== direction.primarySide) return null
  if (JSON.stringify(last.asked) !== JSON.stringify(askedOf(options))) return null
  notes.join(last)
  return last
}

/** A stage without a follower in between has left writes without journal entries. @throws TwinwriteError `TW_BACKFILL_RACED` */
export async function requireSince({ direction, load }: RunContext, since: number): Promise<void> {
  const now = await insisting(load, () => followedSince(direction.primary))
  if (now === since) return
  throw new TwinwriteError('TW_BACKFILL_RACED', `the ${direction.primarySide} was not followed in between`)
}

/** @throws TwinwriteError `TW_FAST_LOAD_UNFIT` */
export function refuseUnfit({ notes }: RunContext, names: readonly string[], fast: readonly string[]): void {
  const unfit = names.filter((table) => !fast.includes(table) && notes.plan(table) === null)
  if (unfit.length === 0) return
  throw new TwinwriteError('TW_FAST_LOAD_UNFIT', `the target holds rows of ${unfit.join(', ')}`, {
    table: unfit[0]!,
  })
}

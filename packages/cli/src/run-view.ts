// Shows a long run while it goes on: a bar on a terminal, a line now and then without one, nothing with --json. Ctrl-C stops the run
// cleanly; what it has done stays noted.

import { setTimeout as sleep } from 'node:timers/promises'
import { progress } from '@clack/prompts'
import type { Context } from './context.ts'
import { print } from './print.ts'
import { duration } from './text.ts'

export interface LongRun<T> {
  readonly done: Promise<T>
  stop(): void
}

/** How far it is. */
export interface Seen {
  readonly rows: number
  /** Rows in all, as far as anybody knows. */
  readonly estimate: number
  readonly text: string
}

const barMs = 200
/** Until the first line, and between two of them. */
const lineMs = [1_000, 5_000] as const
const barSteps = 100
const widestBar = 40
/** What stands around bar and text: a sign, blanks, and dots. */
const around = 8

export async function watched<T>(
  { context, json, what }: { readonly context: Context; readonly json: boolean; readonly what: string },
  run: LongRun<T>,
  seen: () => Seen,
): Promise<T> {
  const stop = (): void => run.stop()
  if (context.ending.aborted) stop()
  context.ending.addEventListener('abort', stop, { once: true })
  const ended = new AbortController()
  const show = json ? Promise.resolve() : context.bars ? bar(what, seen, ended.signal) : undefined
  const shown = show ?? lines(context, seen, ended.signal)
  try {
    return await run.done
  } finally {
    ended.abort()
    await shown
    context.ending.removeEventListener('abort', stop)
  }
}

async function bar(what: string, seen: () => Seen, ended: AbortSignal): Promise<void> {
  const width = process.stdout.columns
  const size = Math.max(5, Math.min(widestBar, Math.floor(width / 4)))
  const shown = progress({ max: barSteps, size, cancelMessage: 'stopping after the chunks under way' })
  shown.start(what)
  // The bar reads keys by itself, and would end the process at Ctrl-C instead of letting the run stop.
  process.stdin.setRawMode(false)
  let steps = 0
  while (!ended.aborted && !shown.isCancelled) {
    const { rows, estimate, text } = seen()
    const reached = Math.min(barSteps - 1, Math.floor((rows * barSteps) / Math.max(estimate, rows, 1)))
    shown.advance(Math.max(0, reached - steps), cut(text, width - size - around))
    steps = Math.max(steps, reached)
    await sleep(barMs, undefined, { signal: ended }).catch(() => undefined)
  }
  if (!shown.isCancelled) shown.clear()
}

/** A line that goes on in the next one would be drawn over only in part. */
function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`
}

async function lines(context: Context, seen: () => Seen, ended: AbortSignal): Promise<void> {
  for (let shown = 0; ; shown++) {
    await sleep(lineMs[Math.min(shown, 1)], undefined, { signal: ended }).catch(() => undefined)
    if (ended.aborted) return
    const { rows, estimate, text } = seen()
    if (rows > 0 || estimate > 0) print(context, text)
  }
}

export function etaText(etaMs: number | null): string {
  return etaMs === null ? 'no end in sight' : `${duration(etaMs)} left`
}

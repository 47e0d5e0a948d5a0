// Work in parts, as many at once as may be now: whoever wants more or fewer is heard after the next chunk.

import type { Clock } from '@twinwrite/core'

/** Milliseconds between two looks whether work may go on. */
const lookMs = 100

/**
 * @param chunk does one piece of a part's work; false when nothing is left of the part
 * @throws the first error, after the pieces under way have ended
 */
export async function sideBySide(
  parts: readonly number[],
  parallel: () => number,
  clock: Clock,
  signal: AbortSignal,
  chunk: (part: number) => Promise<boolean>,
): Promise<void> {
  const waiting = [...parts]
  const running = new Set<Promise<void>>()
  const failures: unknown[] = []
  const begin = (part: number): void => {
    const work = chunk(part).then(
      (more) => {
        running.delete(work)
        if (more) waiting.unshift(part)
      },
      (error: unknown) => {
        running.delete(work)
        failures.push(error)
      },
    )
    running.add(work)
  }
  while (waiting.length + running.size > 0) {
    const going = failures.length === 0 && !signal.aborted
    if (!going && running.size === 0) break
    while (going && waiting.length > 0 && running.size < parallel()) begin(waiting.shift()!)
    if (running.size > 0) await Promise.race(running)
    else await clock.sleep(lookMs, signal).catch(() => undefined)
  }
  if (failures.length > 0) throw failures[0]
  signal.throwIfAborted()
}

// What a listener was told, for tests.

import type { Stage, StageListener, StageSource } from '@twinwrite/core'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Heard extends StageListener {
  readonly stages: (Stage | null)[]
  readonly troubles: string[]
  last(): Stage | null | undefined
}

export function heard(): Heard {
  const stages: (Stage | null)[] = []
  const troubles: string[] = []
  return {
    stages,
    troubles,
    last: () => stages.at(-1),
    stage: (stage) => void stages.push(stage),
    trouble: (message) => void troubles.push(message),
  }
}

export function listen(source: StageSource, migration = 'shop'): Heard & { end(): Promise<void> } {
  const listener = heard()
  return { ...listener, end: source.watch(migration, listener) }
}

/** @returns milliseconds until it held */
export async function until(holds: () => boolean, limitMs = 5000): Promise<number> {
  const begun = performance.now()
  while (!holds()) {
    if (performance.now() - begun > limitMs) throw new Error(`not within ${limitMs} ms`)
    await sleep(2)
  }
  return performance.now() - begun
}

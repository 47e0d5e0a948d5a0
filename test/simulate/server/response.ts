// What a simulated server answers to a statement of the app.

import type { Change } from '@twinwrite/core'

export interface SimResponse {
  readonly command: string
  readonly rows: Record<string, unknown>[]
  readonly affected: number
  /** What a real capture would find out. */
  readonly changes: readonly Change[]
}

export function response(
  command: string,
  affected = 0,
  rows: Record<string, unknown>[] = [],
  changes: readonly Change[] = [],
): SimResponse {
  return { command, rows, affected, changes }
}

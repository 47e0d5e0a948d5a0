// What a command gets from outside: streams, the working directory, the migrations of the configuration, and the wish to end.

import type { CommandContext, StricliProcess } from '@stricli/core'
import type { ResolvedEntry } from './config.ts'
import { loadMigrations } from './load-config.ts'

export interface Context extends CommandContext {
  readonly process: StricliProcess
  readonly cwd: string
  /** Whether somebody sits there who can be asked, and sees a line change. */
  readonly terminal: boolean
  /** Whether a bar may be drawn there. */
  readonly bars: boolean
  /** Aborted by Ctrl-C and SIGTERM. */
  readonly ending: AbortSignal
  loadMigrations(file: string | undefined): Promise<readonly ResolvedEntry[]>
}

export function systemContext(): Context {
  const ending = new AbortController()
  // The second one ends at once.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort())
  const cwd = process.cwd()
  const { CI, NO_COLOR, TERM } = process.env
  const terminal = process.stdout.isTTY && process.stdin.isTTY && CI === undefined
  return {
    process,
    cwd,
    terminal,
    bars: terminal && (NO_COLOR ?? '') === '' && TERM !== 'dumb',
    ending: ending.signal,
    loadMigrations: (file) => loadMigrations(cwd, file),
  }
}

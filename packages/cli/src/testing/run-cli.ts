// For tests: the command in this process, with its streams as texts.

import { parseConfig } from '../config.ts'
import type { Context } from '../context.ts'
import { runCommand } from '../run.ts'

export interface Ran {
  readonly code: unknown
  readonly out: string
  readonly err: string
}

/** @param config what `twinwrite.config.ts` would export */
export async function runCli(
  config: unknown,
  inputs: readonly string[],
  {
    ending = new AbortController().signal,
    cwd = '/nowhere',
    env = {},
  }: { ending?: AbortSignal; cwd?: string; env?: Record<string, string> } = {},
): Promise<Ran> {
  const texts = { out: '', err: '' }
  const process: Context['process'] = {
    stdout: { write: (text) => void (texts.out += text) },
    stderr: { write: (text) => void (texts.err += text) },
    env,
  }
  const context: Context = {
    process,
    cwd,
    terminal: false,
    bars: false,
    ending,
    loadMigrations: async () => parseConfig(config, 'twinwrite.config.ts'),
  }
  await runCommand(inputs, context)
  return { code: process.exitCode, ...texts }
}

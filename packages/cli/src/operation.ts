// What all commands on a migration share: their common flags, the migration opened and closed again, one answer as text or as JSON,
// and errors that say how to mend them.

import { codedError, type RunningMigration, StoreError, TwinwriteError } from '@twinwrite/core'
import { asCommands } from './as-commands.ts'
import { pickMigration, type ResolvedEntry } from './config.ts'
import type { Context } from './context.ts'
import { exitCode, type ExitCode, UsageError } from './exit-code.ts'
import { print } from './print.ts'

export interface CommonFlags {
  readonly config?: string
  readonly migration?: string
  readonly json: boolean
}

export const commonFlags = {
  config: {
    kind: 'parsed',
    parse: String,
    optional: true,
    placeholder: 'FILE',
    brief: 'Configuration (default: twinwrite.config.ts)',
  },
  migration: {
    kind: 'parsed',
    parse: String,
    optional: true,
    placeholder: 'NAME',
    brief: 'Which migration, where the configuration has several',
  },
  json: { kind: 'boolean', default: false, brief: 'Answer as JSON', withNegated: false },
} as const

export const commonAliases = { c: 'config', m: 'migration' } as const

export interface Operation {
  readonly migration: RunningMigration
  readonly entry: ResolvedEntry
  readonly context: Context
  readonly json: boolean
  /** One line while something goes on; nothing with --json. */
  say(line: string): void
}

/** What a command found: data for --json, the same as text, and what the exit code is to say. */
export interface Outcome {
  /** Undefined where all was printed already. */
  readonly data: unknown
  readonly text: string
  readonly code?: ExitCode
}

/** Opens the migration as an operator, works, prints and closes. */
export async function operate(
  context: Context,
  flags: CommonFlags,
  work: (operation: Operation) => Promise<Outcome>,
): Promise<void> {
  await answer(context, flags.json, async () => {
    const entry = pickMigration(await context.loadMigrations(flags.config), flags.migration)
    const migration = entry.migration.operate(entry)
    const say = (line: string): void => {
      if (!flags.json) print(context, line)
    }
    try {
      return await work({ migration, entry, context, json: flags.json, say })
    } finally {
      await migration.close()
      await entry.migration.migration.stageSource?.close?.()
    }
  })
}

/** Prints what comes of it, and sets the exit code. Never rejects. */
export async function answer(context: Context, json: boolean, work: () => Promise<Outcome>): Promise<void> {
  try {
    const { data, text, code = exitCode.ok } = await work()
    if (json && data === undefined) return void (context.process.exitCode = code)
    if (json) print(context, JSON.stringify(data, plainNumbers, 2))
    else if (text !== '') print(context, text)
    context.process.exitCode = code
  } catch (failure) {
    const thrown = codedError(failure)
    const error = thrown instanceof Error ? thrown : new Error(String(thrown))
    context.process.exitCode = isUsage(error) ? exitCode.usage : exitCode.failed
    if (json) print(context, JSON.stringify({ error: errorData(error) }, null, 2))
    else print(context, errorText(error), 'stderr')
  }
}

function errorText(error: Error): string {
  if (error instanceof StoreError) return storeText(error)
  if (error instanceof TwinwriteError) return asCommands(error.message)
  if (error instanceof UsageError || isOfFile(error)) return error.message
  // Nobody has thought of it: where it comes from helps whoever mends it.
  return error.stack ?? error.message
}

/** What the system says of a file, with its name. */
function isOfFile(error: Error): boolean {
  return typeof (error as NodeJS.ErrnoException).path === 'string' && 'syscall' in error
}

/** A side failed in the midst of a long run. */
function storeText({ side, message }: StoreError): string {
  return `the ${side}: ${message}`
}

/** Of what a configuration or a flag names. */
const usageCodes: ReadonlySet<string> = new Set(['TW_CONFIG_INVALID', 'TW_COLUMN_UNKNOWN'])

function isUsage(error: Error): boolean {
  if (error instanceof TwinwriteError) return usageCodes.has(error.code)
  return error instanceof UsageError
}

function errorData(error: Error): Record<string, unknown> {
  if (error instanceof StoreError) return { code: 'DATABASE', message: storeText(error), retryable: false }
  if (error instanceof UsageError) return { code: 'USAGE', message: error.message }
  if (isOfFile(error)) return { code: 'FILE', message: error.message }
  if (!(error instanceof TwinwriteError)) return { code: 'UNEXPECTED', message: error.message }
  const { code, what, hint, table, key, retryable } = error
  return { code, message: asCommands(what), hint: asCommands(hint), table, key, retryable }
}

function plainNumbers(_: string, given: unknown): unknown {
  return typeof given === 'bigint' ? given.toString() : given
}

import { run } from '@stricli/core'
import { app } from './app.ts'
import type { Context } from './context.ts'
import { exitCode } from './exit-code.ts'

/** Runs one command line and leaves its exit code in `context.process`. */
export async function runCommand(inputs: readonly string[], context: Context): Promise<void> {
  await run(app, inputs, context)
  // What the parser of the command line says by negative codes is a wrong usage.
  const { exitCode: code } = context.process
  if (typeof code === 'number' && code < 0) context.process.exitCode = exitCode.usage
}

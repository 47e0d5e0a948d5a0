#!/usr/bin/env node
import { systemContext } from './context.ts'
import { runCommand } from './run.ts'

// Whoever reads no further, such as `head`, has what it wants.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

await runCommand(process.argv.slice(2), systemContext())

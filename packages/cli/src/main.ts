#!/usr/bin/env node
import { run } from '@stricli/core'
import { app } from './app.ts'
import { systemContext } from './context.ts'
import { exitCode } from './exit-code.ts'

const context = systemContext()
await run(app, process.argv.slice(2), context)
// What the parser of the command line says by negative codes is a wrong usage.
if (typeof process.exitCode === 'number' && process.exitCode < 0) process.exitCode = exitCode.usage

#!/usr/bin/env node
import { systemContext } from './context.ts'
import { runCommand } from './run.ts'

await runCommand(process.argv.slice(2), systemContext())

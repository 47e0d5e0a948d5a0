// `npm run servers -- start|stop|status`: sets up what is missing and hands over to the test kit.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { setup } from './setup.mjs'

setup()
const run = fileURLToPath(new URL('run.mjs', import.meta.url))
const command = fileURLToPath(new URL('../packages/testkit/src/servers-command.ts', import.meta.url))
const result = spawnSync(process.execPath, [run, command, ...process.argv.slice(2)], { stdio: 'inherit' })
process.exitCode = result.status ?? 1

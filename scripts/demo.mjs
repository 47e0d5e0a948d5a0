// `npm run demo`: installs what is missing and runs the order shop (examples/order-shop).
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { setup } from './setup.mjs'

setup()
const run = fileURLToPath(new URL('run.mjs', import.meta.url))
const shop = fileURLToPath(new URL('../examples/order-shop/src/main.ts', import.meta.url))
const child = spawn(process.execPath, [run, shop, ...process.argv.slice(2)], { stdio: 'inherit' })
// Ctrl-C reaches the shop too: it cleans up, and we end after it.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('exit', (code) => process.exit(code ?? 1))

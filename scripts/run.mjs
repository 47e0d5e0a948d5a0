// Runs a TypeScript entry of this repository from source: `node scripts/run.mjs FILE [ARGS]`.
import { spawn } from 'node:child_process'

const child = spawn(
  process.execPath,
  ['--conditions=@twinwrite/source', '--import', 'tsx', ...process.argv.slice(2)],
  { stdio: 'inherit' },
)
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)))

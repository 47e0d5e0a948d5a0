// `npm run check`: everything that can be said of the code without running it. All steps run; each failure is shown.
import { run, seconds } from './process.mjs'
import { setup } from './setup.mjs'

/** npm scripts of package.json, so that each can be run alone; the longest first. */
const steps = ['exports', 'types', 'lint', 'imports', 'unused', 'format:check']
const lanes = 2

setup()
const failed = []
const waiting = [...steps]

async function lane() {
  for (let step = waiting.shift(); step; step = waiting.shift()) {
    const { ok, output, ms } = await run('npm', ['run', '--silent', step])
    console.log(`${ok ? 'ok    ' : 'FAILED'} ${step.padEnd(13)} ${seconds(ms)}`)
    if (ok) continue
    failed.push(step)
    console.log(output.trimEnd())
  }
}

await Promise.all(Array.from({ length: lanes }, lane))
if (failed.length > 0) {
  console.log(`\ncheck failed: ${failed.join(', ')} (each is an npm script: npm run ${failed[0]})`)
  process.exitCode = 1
}

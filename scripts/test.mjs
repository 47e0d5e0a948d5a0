// `npm test`: set-up, checks, real servers, tests, then the long proofs; `npm test -- STEP...` runs some of them.
// Ends with the line `N passed, N failed, N skipped` and leaves no server running that it started.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isInterrupted, root, run, seconds } from './process.mjs'
import { setup } from './setup.mjs'
import { stepCounts } from './step-counts.mjs'
import { whatFailed } from './what-failed.mjs'

const reports = join(root, 'reports')
const reportOf = (name) => join(reports, `${name}.json`)

function vitest(name) {
  const args = [
    'run',
    '--project',
    name,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${reportOf(name)}`,
  ]
  return { name, file: join(root, 'node_modules/.bin/vitest'), args, show: `vitest run --project ${name}` }
}

/** A proof: an npm script that writes {passed, failed, skipped} to the file after --json. */
function proof(name, entry, flags = []) {
  const args = ['run', '--silent', name, '--', ...flags, '--json', reportOf(name)]
  return {
    name,
    entry,
    file: 'npm',
    args,
    show: ['npm run', name, ...(flags.length > 0 ? ['--', ...flags] : [])].join(' '),
  }
}

const steps = [
  {
    name: 'check',
    file: process.execPath,
    args: [join(root, 'scripts/check.mjs')],
    show: 'npm run check',
    counts: false,
  },
  vitest('unit'),
  { ...vitest('servers'), needsServers: true },
  proof('models', 'scripts/models.mjs'),
  proof('simulate', 'test/simulate/main.ts', ['--seeds', '1500']),
  { ...proof('conformance', 'test/conformance/main.ts', ['--quick', 'true']), needsServers: true },
  { ...proof('differential', 'test/differential/main.ts', ['--programs', '320']), needsServers: true },
  {
    ...proof(
      'values',
      'test/values/main.ts',
      ['--pairs', 'mysql>pg,pg>mysql,sqlite>sqlite'].concat(['--share', '4', '--runs', '0']),
    ),
    needsServers: true,
  },
  { ...proof('torture', 'test/torture/main.ts', ['--rounds', '5']), needsServers: true },
  { ...proof('kills', 'test/kill/main.ts', ['--rounds', '3']), needsServers: true },
  { ...proof('live', 'test/live/main.ts', ['--passes', '4']), needsServers: true },
  {
    ...proof('switches', 'test/switches/main.ts', [
      '--switches',
      '6',
      '--processes',
      '4',
      '--rate',
      '100',
      '--rest',
      '300',
    ]),
    needsServers: true,
  },
  { ...proof('bench', 'test/bench/main.ts', ['--quick', 'true']), needsServers: true },
  proof('demo', 'scripts/demo.mjs', ['--quick']),
].filter(({ entry }) => !entry || existsSync(join(root, entry)))

function chosenSteps() {
  const names = process.argv.slice(2)
  const unknown = names.filter((name) => !steps.some((step) => step.name === name))
  if (unknown.length > 0)
    throw new Error(`no step ${unknown.join(', ')}; there are ${steps.map(({ name }) => name).join(', ')}`)
  return names.length > 0 ? steps.filter(({ name }) => names.includes(name)) : steps
}

const readReport = ({ name }) =>
  existsSync(reportOf(name)) ? JSON.parse(readFileSync(reportOf(name), 'utf8')) : {}

const countsOf = (step, ok) =>
  stepCounts(step.counts === false ? { passed: ok ? 1 : 0 } : readReport(step), ok)

async function runStep(step) {
  console.log(`\n=== ${step.name}: ${step.show}`)
  const { ok, why, ms, output } = await run(step.file, step.args, {
    onOutput: (text) => process.stdout.write(text),
  })
  if (why) console.log(`${step.name} ${why}`)
  return { ...step, ms, output, ...countsOf(step, ok) }
}

const servers = (...args) => run(process.execPath, [join(root, 'scripts/servers.mjs'), ...args])
const runningEngines = async () =>
  JSON.parse((await servers('status', '--json')).stdout).map(({ engine }) => engine)

/** Starts the servers; `ok` is false where one cannot start. `stop` ends those that did not run before. */
async function startServers() {
  console.log('\n=== servers: npm run servers -- start')
  const before = await runningEngines()
  // Their processes are killed, the machine is not: no fsync.
  const { ok, output } = await servers('start', '--fast')
  console.log(output.trimEnd())
  const ours = (await runningEngines()).filter((engine) => !before.includes(engine))
  const stop = async () => {
    if (ours.length > 0) console.log(`\n${(await servers('stop', ...ours)).output.trim()}`)
  }
  return { ok, stop }
}

async function runSteps() {
  const results = []
  let started
  try {
    for (const step of chosenSteps()) {
      if (isInterrupted()) break
      if (step.needsServers) started ??= await startServers()
      const possible = !step.needsServers || started.ok
      results.push(possible ? await runStep(step) : { ...step, ms: 0, ...countsOf(step, false) })
    }
  } finally {
    await started?.stop()
  }
  return results
}

function setUp() {
  const started = Date.now()
  const step = { name: 'setup', show: 'npm run setup', counts: false }
  try {
    setup()
    return { ...step, ms: Date.now() - started, passed: 0, failed: 0, skipped: 0 }
  } catch (error) {
    console.error(error)
    return { ...step, ms: Date.now() - started, passed: 0, failed: 1, skipped: 0 }
  }
}

function table(results) {
  const lines = results.map(({ name, show, ms, passed, failed, skipped }) => [
    failed > 0 ? 'FAILED' : 'ok',
    name,
    show,
    seconds(ms),
    `${passed} passed, ${failed} failed, ${skipped} skipped`,
  ])
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => line[column].length)))
  return lines
    .map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .join('\n')
}

rmSync(reports, { recursive: true, force: true })
mkdirSync(reports, { recursive: true })
const first = setUp()
const results = first.failed > 0 ? [first] : [first, ...(await runSteps())]

const total = (count) => results.reduce((sum, result) => sum + result[count], 0)
console.log(`\n${table(results)}`)
for (const { failed, output = '', ...step } of results) {
  if (failed > 0) console.log(['', `${step.name}:`, ...whatFailed(output, readReport(step))].join('\n'))
}
if (isInterrupted()) console.log('\ninterrupted')
if (isInterrupted() || total('failed') > 0) process.exitCode = 1
console.log(`\n${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped`)

// `npm run models`: searches the state spaces of spec/*.pml and fails when a variant that must hold has an error, or
// one that must fail has none. Needs spin and gcc, nothing from npm.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readCatalogue } from '../spec/catalogue.mjs'
import { bounds, search, shortestTrace } from '../spec/search.mjs'

const usage = `npm run models -- [options]
  --long           the bounds of the whole catalogue instead of the quick ones (about half an hour, up to 9 GB)
  --only LABEL     only this variant, or those whose label begins with it; may be repeated
  --trace LABEL    the shortest counter-example of this variant
  --jobs N         searches at a time (2)
  --json FILE      write the results
  --list           print the variants and run nothing`

const { values: flags } = parseArgs({
  options: {
    long: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    trace: { type: 'string' },
    jobs: { type: 'string' },
    json: { type: 'string' },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const limits = flags.long ? bounds.long : bounds.quick
const optionsOf = (variant) => (flags.long ? variant.options : { ...variant.options, ...variant.quick })
const words = (options) => Object.entries(options).map(([name, value]) => `${name}=${value}`)

if (flags.help) {
  console.log(usage)
} else {
  process.exitCode = await main().catch((error) => stop(error.message))
}

async function main() {
  const catalogue = readCatalogue()
  const chosen = choose(catalogue)
  if (flags.list) {
    for (const variant of chosen) console.log(variant.label.padEnd(26), words(optionsOf(variant)).join(' '))
    return 0
  }
  requireTools()
  const workspace = mkdtempSync(join(tmpdir(), 'twinwrite-models-'))
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stopping.abort())
  const place = { workspace, limits, signal: stopping.signal }
  try {
    return flags.trace === undefined ? await check(chosen, place) : await trace(chosen[0], place)
  } finally {
    rmSync(workspace, { recursive: true, force: true })
  }
}

function choose(catalogue) {
  const wanted = flags.trace === undefined ? flags.only : [flags.trace]
  if (wanted.length === 0) return catalogue
  const chosen = wanted.flatMap((name) => {
    const exact = catalogue.filter(({ label }) => label === name)
    const found = exact.length > 0 ? exact : catalogue.filter(({ label }) => label.startsWith(name))
    if (found.length === 0) stop(`No variant is called ${name}. The names: npm run models -- --list`)
    return found
  })
  return catalogue.filter((variant) => chosen.includes(variant))
}

async function check(chosen, place) {
  const started = performance.now()
  const results = []
  const waiting = chosen.values()
  const worker = async () => {
    for (const variant of waiting) {
      const options = optionsOf(variant)
      const result = await search(variant, options, place)
      if (result.found === 'counter-example' && !result.passed) {
        result.trace = await shortestTrace(variant, options, place)
      }
      rmSync(join(place.workspace, variant.label), { recursive: true, force: true })
      if (place.signal.aborted) return
      results.push(result)
      report(result)
    }
  }
  await Promise.all(Array.from({ length: jobs() }, worker))

  const inOrder = chosen.flatMap(({ label }) => results.filter((result) => result.label === label))
  const passed = results.filter((result) => result.passed).length
  const summary = { passed, failed: results.length - passed, skipped: chosen.length - results.length }
  const states = results.reduce((sum, result) => sum + (result.states ?? 0), 0)
  const seconds = Math.round(performance.now() - started) / 1000
  if (flags.json !== undefined) {
    const mode = flags.long ? 'long' : 'quick'
    writeFileSync(
      flags.json,
      `${JSON.stringify({ ...summary, mode, seconds, states, variants: inOrder }, null, 2)}\n`,
    )
  }
  console.log(`${states.toLocaleString('en')} states in ${seconds.toFixed(0)} s`)
  console.log(`${summary.passed} passed, ${summary.failed} failed, ${summary.skipped} skipped`)
  return summary.passed === chosen.length ? 0 : 1
}

function report(result) {
  const { label, passed, found, breaks, counterExample, states = 0, seconds } = result
  const number = counterExample === null ? '' : ` (${counterExample})`
  const verdict = breaks === null ? 'holds' : `fails at ${breaks}${number}`
  const columns = [
    passed ? 'ok  ' : 'FAIL',
    label.padEnd(26),
    (passed ? verdict : (found ?? 'not run')).padEnd(22),
    `${states.toLocaleString('en').padStart(12)} states`,
    `${seconds.toFixed(1).padStart(6)} s`,
  ]
  console.log(columns.join(' '))
  if (passed) return
  console.log(`     ${result.reason}\n     ${words(result.options).join(' ')}`)
  for (const line of result.trace ?? []) console.log(`     | ${line}`)
}

async function trace(variant, place) {
  const options = optionsOf(variant)
  console.log(`${variant.label}: ${variant.shows}\n${variant.model} ${words(options).join(' ')}`)
  const result = await search(variant, options, place)
  if (result.found !== 'counter-example') {
    console.log(result.reason ?? 'no error in the whole state space')
    return result.passed ? 0 : 1
  }
  const way = await shortestTrace(variant, options, place)
  console.log(`fails at ${result.broken.join(' ')}`)
  console.log(way === null ? 'no short trace found in time' : way.map((line) => `  ${line}`).join('\n'))
  return result.passed ? 0 : 1
}

function jobs() {
  const wanted = Number(flags.jobs ?? 2)
  if (!Number.isInteger(wanted) || wanted < 1) stop(`--jobs takes a number from 1, not ${flags.jobs}`)
  return wanted
}

/** spin and gcc; installed where that needs no questions: as root on Debian. */
function requireTools() {
  const missing = () => ['spin', 'gcc'].filter((tool) => spawnSync(tool, ['--version']).error !== undefined)
  if (missing().length === 0) return
  const canInstall = existsSync('/etc/debian_version') && process.getuid?.() === 0
  if (canInstall) {
    console.log(`installing ${missing().join(' and ')} ...`)
    const apt = (...args) => spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'] })
    apt('update', '-qq')
    apt('install', '-y', '-qq', '--no-install-recommends', 'spin', 'gcc', 'libc6-dev')
  }
  const left = missing()
  if (left.length > 0) {
    stop(
      `${left.join(' and ')} not found. Debian, Ubuntu: apt-get install spin gcc; macOS: brew install spin gcc.`,
    )
  }
}

function stop(message) {
  console.error(message)
  process.exit(1)
}

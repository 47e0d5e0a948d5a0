// One variant of one model: generate the verifier with spin, compile it, search the whole state space, judge the
// outcome, and replay the way to an error.
import { execFile } from 'node:child_process'
import { copyFile, mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const depth = 400_000
const output = { maxBuffer: 256 * 1024 * 1024 }

/** Limits of a search. The size of the hash table only matters for speed: Spin makes it larger where needed. */
export const bounds = {
  quick: { memoryMb: 3000, hashBits: 20, optimize: '-Og' },
  long: { memoryMb: 9000, hashBits: 24, optimize: '-O2' },
}

/**
 * Runs a variant with the given options in a directory of its own below `workspace`.
 * Never rejects because of what a model does: a search that ends early is a failed result with a `reason`.
 */
export async function search(variant, options, { workspace, limits, signal }) {
  const started = performance.now()
  const { label, model, expect, breaks, counterExample } = variant
  const result = { label, model, options, expect, breaks, counterExample }
  const directory = join(workspace, label)
  await mkdir(directory, { recursive: true })
  try {
    await copyFile(join(import.meta.dirname, model), join(directory, model))
    await run('spin', ['-a', ...defines(options), model], { cwd: directory })
    const memory = [`-DMEMLIM=${limits.memoryMb}`, '-DCOLLAPSE']
    await compile(directory, 'pan', [limits.optimize, ...memory])
    const log = await pan(directory, 'pan', [`-m${depth}`, `-w${limits.hashBits}`], { signal })
    const found = await readOutcome(directory, model, options, log)
    const reason = unexpected(found, expect, breaks)
    return { ...result, ...found, passed: reason === null, reason, seconds: seconds(started) }
  } catch (error) {
    const reason =
      `the search could not run: ${error.stdout ?? ''}${error.stderr ?? ''}${error.message}`.trim()
    return { ...result, found: null, passed: false, reason, seconds: seconds(started) }
  }
}

/**
 * The shortest way to an error, as the lines that the model prints on it; null where the search finds none within
 * `timeout` milliseconds. Only after `search`, in the same workspace.
 */
export async function shortestTrace(variant, options, { workspace, limits, signal, timeout = 60_000 }) {
  const directory = join(workspace, variant.label)
  await rm(join(directory, `${variant.model}.trail`), { force: true })
  await compile(directory, 'shortest', [limits.optimize, '-DREACH', `-DMEMLIM=${limits.memoryMb}`])
  for (const limit of ['-m600', '-m5000']) {
    await pan(directory, 'shortest', [limit, '-i', '-w22'], { signal, timeout })
    const replayed = await replay(directory, variant.model, options)
    if (replayed !== null) return replayed.lines
  }
  return null
}

const defines = (options) => Object.entries(options).map(([name, value]) => `-D${name}=${value}`)

async function compile(directory, name, flags) {
  const common = ['-w', '-DSAFETY', '-DVECTORSZ=2048', '-o', name, 'pan.c']
  await run('gcc', [...flags, ...common], { cwd: directory })
}

/** pan's exit code says nothing about errors that it found, and a time-out still leaves a trail: read the log. */
async function pan(directory, name, flags, { signal, timeout = 0 }) {
  try {
    const { stdout } = await run(join(directory, name), flags, { cwd: directory, signal, timeout, ...output })
    return stdout
  } catch (error) {
    if (timeout > 0 && error.killed) return error.stdout ?? ''
    throw error
  }
}

async function readOutcome(directory, model, options, log) {
  const errors = Number(/errors: (\d+)/.exec(log)?.[1] ?? Number.NaN)
  const states = Number(/([\d.e+]+) states, stored/.exec(log)?.[1] ?? 0)
  const memoryMb = Math.round(Number(/([\d.]+)\s+total actual memory/.exec(log)?.[1] ?? 0))
  if (errors > 0) {
    const broken = await brokenInvariants(directory, model, options, log)
    return { found: 'counter-example', broken, states, memoryMb }
  }
  const ended = /max search depth too small|out of memory|Search not completed|hash table full/.exec(log)
  if (Number.isNaN(errors) || ended)
    return { found: 'incomplete', ended: ended?.[0] ?? 'no result', states, memoryMb }
  return { found: 'ok', states, memoryMb }
}

/** An assertion carries the numbers of its invariants as a comment on its line: `W3 W12`. */
async function brokenInvariants(directory, model, options, log) {
  if (/pan:\s*\d*:?\s*invalid end state/.test(log)) return ['end state']
  const replayed = await replay(directory, model, options)
  const line = replayed?.failedAt
  if (line === undefined || line === null) return [/pan:\d+: (.*)/.exec(log)?.[1] ?? 'an unknown error']
  const source = (await readFile(join(directory, model), 'utf8')).split('\n')[line - 1] ?? ''
  return source.match(/W\d+/g) ?? [`line ${line}: ${source.trim()}`]
}

async function replay(directory, model, options) {
  try {
    const { stdout } = await run('spin', ['-t', ...defines(options), model], { cwd: directory, ...output })
    const lines = [...stdout.matchAll(/^\s*@ (.*)$/gm)].map(([, line]) => line)
    const failedAt = /\.pml:(\d+), Error: assertion violated/.exec(stdout)?.[1]
    return { lines, failedAt: failedAt === undefined ? null : Number(failedAt) }
  } catch {
    return null
  }
}

function unexpected(found, expect, breaks) {
  if (found.found === 'incomplete') return `the search is not complete: ${found.ended}`
  if (found.found !== expect)
    return `expected ${expect}, found ${found.found}${found.broken ? ` (${found.broken})` : ''}`
  if (expect === 'counter-example' && !found.broken.includes(breaks)) {
    return `expected an error at ${breaks}, found one at ${found.broken.join(' ')}`
  }
  return null
}

const seconds = (started) => Math.round(performance.now() - started) / 1000

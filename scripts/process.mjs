// Child processes of the scripts: one command with its output captured or passed on, its own process group, a time
// limit. What is still running when we are interrupted is ended with us.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

const running = new Set()
let interrupted = false

/** True from the first SIGINT or SIGTERM on: no further step is to be started. */
export const isInterrupted = () => interrupted

function endGroup(child, signal) {
  try {
    process.kill(-child.pid, signal)
  } catch {
    // it has ended by itself
  }
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    interrupted = true
    for (const child of running) endGroup(child, signal)
  })
}

/**
 * Runs a command in the repository's root. `onOutput` gets its output piece by piece, both streams.
 * Resolves with { ok, output, stdout, ms, why }, never rejects: `output` is both streams as they came, `why` says what ended it where it is not ok.
 */
export function run(file, args, { cwd = root, env = {}, minutes = 20, onOutput = () => {} } = {}) {
  return new Promise((resolve) => {
    const started = Date.now()
    const child = spawn(file, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    running.add(child)
    let output = ''
    let stdout = ''
    let late = false
    const timer = setTimeout(() => {
      late = true
      endGroup(child, 'SIGKILL')
    }, minutes * 60_000)
    child.stdout.on('data', (text) => (stdout += text))
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text
        onOutput(text)
      })
    }
    const end = (ok, why) => {
      clearTimeout(timer)
      running.delete(child)
      resolve({ ok, why, output, stdout, ms: Date.now() - started })
    }
    child.on('error', (error) => end(false, error.message))
    child.on('close', (code, signal) => {
      if (late) end(false, `was not done after ${minutes} minutes`)
      else end(code === 0, code === 0 ? '' : `ended with ${signal ?? `exit code ${code}`}`)
    })
  })
}

export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`

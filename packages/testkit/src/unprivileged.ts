// Running a database program as a user that is not root: the servers refuse root, and we never run them as it.
import { spawn, spawnSync, type StdioOptions } from 'node:child_process'
import { readFileSync } from 'node:fs'

interface User {
  uid: number
  gid: number
}

/** The first of the packages' own users that exists, else `nobody`; undefined where we are not root to begin with. */
export function serverUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  for (const name of ['postgres', 'mysql', 'nobody']) {
    const found = users.find((fields) => fields[0] === name)
    if (found?.[2] && found[3]) return { uid: Number(found[2]), gid: Number(found[3]) }
  }
  throw new Error('no user to run servers as: make one of postgres, mysql, nobody')
}

export interface Command {
  file: string
  args: string[]
  env?: Record<string, string>
}

const spawnOptions = (command: Command, cwd: string) => ({
  cwd,
  env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: cwd, LC_ALL: 'C', TZ: 'UTC', ...command.env },
  ...serverUser(),
})

/** Runs a program to its end as the unprivileged user; throws with its output where it fails. */
export function runUnprivileged(command: Command, cwd: string, input = '', timeoutMs = 120_000): string {
  const run = spawnSync(command.file, command.args, {
    ...spawnOptions(command, cwd),
    input,
    encoding: 'utf8',
    timeout: timeoutMs,
    maxBuffer: 64 * 1024 * 1024,
  })
  if (run.status !== 0) {
    const why = run.error?.message ?? `exit code ${run.status ?? run.signal}`
    throw new Error(`${command.file} failed (${why})\n${`${run.stdout}\n${run.stderr}`.trim().slice(-3000)}`)
  }
  return run.stdout
}

/** Starts a program as the unprivileged user in a session of its own, so that it outlives us. */
export function startDaemon(command: Command, cwd: string, logFd: number): number {
  const stdio: StdioOptions = ['ignore', logFd, logFd]
  const child = spawn(command.file, command.args, { ...spawnOptions(command, cwd), stdio, detached: true })
  child.on('error', () => {}) // the missing pid below says it
  child.unref()
  if (child.pid === undefined) throw new Error(`cannot start ${command.file}`)
  return child.pid
}

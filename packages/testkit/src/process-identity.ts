// A process that cannot be confused with a later one of the same number: pid and start time.
// State files outlive processes and pids come round again; nothing here may signal a stranger.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

export interface ProcessIdentity {
  pid: number
  startedAt: string
}

const hasProc = existsSync('/proc/self/stat')

/** Fields of /proc/PID/stat after the command name (which may hold spaces): state, ppid, ... start time is the 20th. */
function statFields(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}

function startTime(pid: number): string | undefined {
  if (hasProc) {
    const fields = statFields(pid)
    return fields?.[0] === 'Z' ? undefined : fields?.[19]
  }
  const ps = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' })
  return ps.stdout.trim() || undefined
}

/** The identity of a running process, or undefined where none has this pid (a zombie counts as ended). */
export function identify(pid: number): ProcessIdentity | undefined {
  const startedAt = startTime(pid)
  return startedAt === undefined ? undefined : { pid, startedAt }
}

export function isAlive(identity: ProcessIdentity): boolean {
  return startTime(identity.pid) === identity.startedAt
}

/** Sends a signal to exactly this process; false where it has already ended. */
export function signal(identity: ProcessIdentity, name: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false
  try {
    return process.kill(identity.pid, name)
  } catch {
    return false
  }
}

/** Waits until the process has ended; false where it has not within the time. */
export async function ended(identity: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs
  while (isAlive(identity)) {
    if (Date.now() > deadline) return false
    await sleep(20)
  }
  return true
}

/** Direct children of a process: PostgreSQL's backends, which a pause or a kill has to reach too. */
export function childrenOf(pid: number): ProcessIdentity[] {
  const pids = hasProc
    ? readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .filter((name) => statFields(Number(name))?.[1] === String(pid))
        .map(Number)
    : spawnSync('ps', ['-axo', 'pid=,ppid='], { encoding: 'utf8' })
        .stdout.split('\n')
        .map((line) => line.trim().split(/\s+/).map(Number))
        .filter(([, parent]) => parent === pid)
        .map(([child]) => child ?? 0)
  return pids.map(identify).filter((child) => child !== undefined)
}

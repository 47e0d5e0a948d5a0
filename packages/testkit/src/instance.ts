// One private server: its folder, port, process. Started as a daemon, found again by its state file.
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { adminQuery } from './admin-query.ts'
import { copyPrimaryData, copyPristineData } from './data-template.ts'
import { account, engineFacts, type ServerEngine } from './engine.ts'
import { findProgram } from './find-program.ts'
import { freePort } from './free-port.ts'
import { childrenOf, ended, identify, isAlive, signal, type ProcessIdentity } from './process-identity.ts'
import { startDaemon } from './unprivileged.ts'

export interface Instance {
  engine: ServerEngine
  url: string
  port: number
  version: string
  origin: string
  durable: boolean
  folder: string
  process: ProcessIdentity
  stopSignal: NodeJS.Signals
}

const startTimeoutMs = 90_000
const stopTimeoutMs = 20_000

const stateFile = (folder: string) => join(folder, 'state.json')
const logFile = (folder: string) => join(folder, 'server.log')

export function serverLogTail(folder: string): string {
  if (!existsSync(logFile(folder))) return '(no server log)'
  return readFileSync(logFile(folder), 'utf8').trim().split('\n').slice(-25).join('\n')
}

/** The instance that the state file of a folder names, whether it runs or not. */
export function recordedInstance(folder: string): Instance | undefined {
  if (!existsSync(stateFile(folder))) return undefined
  return JSON.parse(readFileSync(stateFile(folder), 'utf8')) as Instance
}

export const isRunning = (instance: Instance) => isAlive(instance.process)

/** Waits until the server answers a query; throws with the tail of its log when it ends or stays silent. */
export async function untilAnswering(instance: Instance, timeoutMs = startTimeoutMs): Promise<void> {
  const deadline = Date.now() + timeoutMs
  const { label } = engineFacts[instance.engine]
  for (;;) {
    try {
      await adminQuery(instance.engine, instance.url, 'SELECT 1')
      return
    } catch (error) {
      const tail = `\n--- ${logFile(instance.folder)}\n${serverLogTail(instance.folder)}`
      if (!isRunning(instance)) throw new Error(`${label} ended during its start${tail}`, { cause: error })
      if (Date.now() > deadline) {
        throw new Error(`${label} on port ${instance.port} did not answer within ${timeoutMs} ms${tail}`, {
          cause: error,
        })
      }
      await sleep(100)
    }
  }
}

async function launch(
  engine: ServerEngine,
  folder: string,
  port: number,
  durable: boolean,
  primary?: string,
): Promise<Instance> {
  const program = await findProgram(engine)
  if (!existsSync(join(folder, 'data'))) {
    if (primary === undefined) await copyPristineData(engine, program, join(folder, 'data'))
    else copyPrimaryData(program, join(folder, 'data'), primary)
  }
  const log = openSync(logFile(folder), 'a')
  const command = program.start({ folder, port, durable })
  const pid = startDaemon(command, join(folder, 'data'), log)
  closeSync(log)
  const started = identify(pid)
  if (!started) throw new Error(`${engineFacts[engine].label} ended at once\n${serverLogTail(folder)}`)
  const { scheme } = engineFacts[engine]
  const instance: Instance = {
    engine,
    url: `${scheme}://${account.user}:${account.password}@127.0.0.1:${port}/${engine === 'postgres' ? 'postgres' : ''}`,
    port,
    version: program.version,
    origin: program.origin,
    durable,
    folder,
    process: started,
    stopSignal: program.stopSignal,
  }
  writeFileSync(`${stateFile(folder)}.new`, JSON.stringify(instance, null, 2))
  renameSync(`${stateFile(folder)}.new`, stateFile(folder))
  try {
    await untilAnswering(instance)
  } catch (error) {
    await killInstance(instance)
    throw error
  }
  return instance
}

/**
 * Starts a server with an empty data directory in `folder`, replacing what was there.
 * @param primary address of a server whose standby it shall be
 */
export async function startInstance(
  engine: ServerEngine,
  folder: string,
  durable: boolean,
  primary?: string,
): Promise<Instance> {
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  for (const leftover of ['data', 'state.json', 'server.log']) {
    rmSync(join(folder, leftover), { recursive: true, force: true })
  }
  return launch(engine, folder, await freePort(), durable, primary)
}

/** Starts an ended server again on its data and port: crash recovery included. */
export const restartInstance = (instance: Instance) =>
  launch(instance.engine, instance.folder, instance.port, instance.durable)

/** Every process of the server. The main one is stopped first, so that it makes no child that we would miss. */
function wholeServer(instance: Instance): ProcessIdentity[] {
  signal(instance.process, 'SIGSTOP')
  return [instance.process, ...childrenOf(instance.process.pid)]
}

/** Freezes the server as a stalled machine would: connections stay open and nothing answers. */
export function pauseInstance(instance: Instance): void {
  for (const part of wholeServer(instance)) signal(part, 'SIGSTOP')
}

export function resumeInstance(instance: Instance): void {
  for (const part of [...childrenOf(instance.process.pid), instance.process]) signal(part, 'SIGCONT')
}

/** kill -9 of all of the server's processes at once. */
export async function killInstance(instance: Instance): Promise<void> {
  const parts = wholeServer(instance)
  for (const part of parts) signal(part, 'SIGKILL')
  for (const part of parts) {
    if (!(await ended(part, stopTimeoutMs)))
      throw new Error(`process ${part.pid} of ${instance.engine} survived kill -9`)
  }
}

/** Stops the server cleanly, or by force where it does not obey, and removes its folder. */
export async function stopInstance(instance: Instance): Promise<void> {
  if (isRunning(instance)) {
    resumeInstance(instance)
    signal(instance.process, instance.stopSignal)
    if (!(await ended(instance.process, stopTimeoutMs))) await killInstance(instance)
  }
  rmSync(instance.folder, { recursive: true, force: true })
}

// A server of one test alone, to pause, kill -9 and restart: the shared ones are never harmed.
// It dies with its test: what a killed test process leaves behind is swept by the next start or stop.
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import type { ServerEngine } from './engine.ts'
import {
  killInstance,
  pauseInstance,
  recordedInstance,
  restartInstance,
  resumeInstance,
  startInstance,
  stopInstance,
} from './instance.ts'
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts'
import { serversFolder } from './server-home.ts'

export interface DedicatedServer {
  engine: ServerEngine
  url: string
  port: number
  /** SIGSTOP of every process of the server: connections stay open, nothing answers. */
  pause(): void
  resume(): void
  /** kill -9 of every process of the server. */
  kill9(): Promise<void>
  /** Starts it again after `kill9`, on the same port and data; resolves when it answers. */
  restart(): Promise<void>
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

const dedicatedFolder = () => join(serversFolder(), 'dedicated')
const ownerFile = (folder: string) => join(folder, 'owner.json')

/** Ends the dedicated servers whose owner died before it could. */
export async function stopOrphans(): Promise<void> {
  if (!existsSync(dedicatedFolder())) return
  for (const name of readdirSync(dedicatedFolder())) {
    const folder = join(dedicatedFolder(), name)
    if (!existsSync(ownerFile(folder))) continue
    const owner = JSON.parse(readFileSync(ownerFile(folder), 'utf8')) as ProcessIdentity
    if (isAlive(owner)) continue
    const instance = recordedInstance(folder)
    if (instance) await stopInstance(instance)
    else rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * Starts a server of one's own; `durable: false` saves the fsyncs where only the process is killed, not the machine.
 * `standbyOf`: another dedicated server, of PostgreSQL, that it follows.
 */
export async function dedicatedServer(
  engine: ServerEngine,
  options: { durable?: boolean; standbyOf?: { url: string } } = {},
): Promise<DedicatedServer> {
  await stopOrphans()
  const folder = join(dedicatedFolder(), `${engine}-${randomUUID().slice(0, 8)}`)
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  writeFileSync(`${ownerFile(folder)}.new`, JSON.stringify(identify(process.pid)))
  renameSync(`${ownerFile(folder)}.new`, ownerFile(folder)) // a sweep never reads half of it
  let instance = await startInstance(engine, folder, options.durable ?? true, options.standbyOf?.url)
  return {
    engine,
    url: instance.url,
    port: instance.port,
    pause: () => pauseInstance(instance),
    resume: () => resumeInstance(instance),
    kill9: () => killInstance(instance),
    restart: async () => {
      instance = await restartInstance(instance)
    },
    stop: () => stopInstance(instance),
  }
}

// The shared servers of this checkout: started once, reused by every test process, stopped by who started them.
// URLs in the environment come first; then nothing is started and nothing stopped.
import { adminQuery } from './admin-query.ts'
import { engineFacts, serverEngines, type ServerEngine } from './engine.ts'
import { withLock } from './exclusive-lock.ts'
import { isRunning, recordedInstance, startInstance, stopInstance, untilAnswering } from './instance.ts'
import { stopOrphans } from './dedicated-server.ts'
import { sharedFolder } from './server-home.ts'

export interface Server {
  engine: ServerEngine
  /** Address of the server with an account that may do everything. */
  url: string
  /** `environment`: somebody else's, which we never stop. */
  origin: string
  version?: string
  durable?: boolean
  port?: number
  pid?: number
}

export interface ServerOptions {
  /** `false`: without fsync, for tests of logic on slow disks. Only when this call starts the server. Default: true. */
  durable?: boolean
}

const answered = new Map<ServerEngine, Promise<Server>>()

/** Somebody else's server, asked once whether it answers and is what the variable says. */
async function fromEnvironment(engine: ServerEngine, url: string): Promise<Server> {
  const { label, urlVariable } = engineFacts[engine]
  const [row] = await adminQuery(engine, url, 'SELECT version() AS version').catch((error: unknown) => {
    throw new Error(`${label} does not answer at ${urlVariable}`, { cause: error })
  })
  const version = String(row?.['version'])
  if (/mariadb/i.test(version) !== (engine === 'mariadb')) {
    throw new Error(`${urlVariable} names a server that is not ${label}: ${version}`)
  }
  return { engine, url, origin: 'environment', version }
}

async function findOrStart(engine: ServerEngine, options: ServerOptions): Promise<Server> {
  const url = process.env[engineFacts[engine].urlVariable]
  if (url) return fromEnvironment(engine, url)
  const folder = sharedFolder(engine)
  return withLock(`${folder}.lock`, async () => {
    const recorded = recordedInstance(folder)
    let instance = recorded
    if (instance && isRunning(instance)) await untilAnswering(instance, 15_000)
    else
      instance = await startInstance(
        engine,
        folder,
        options.durable ?? process.env['TWINWRITE_TEST_FAST'] !== '1',
      )
    const { version, origin, durable, port } = instance
    return { engine, url: instance.url, origin, version, durable, port, pid: instance.process.pid }
  })
}

/**
 * The shared server of an engine, started where it does not run yet.
 * It keeps running when this process ends: `npm run servers -- stop` ends it, and so does the `npm test` that started it.
 * Throws, with the tail of the server's log, where it cannot be had; a test then fails and is never skipped.
 */
export function server(engine: ServerEngine, options: ServerOptions = {}): Promise<Server> {
  let promise = answered.get(engine)
  if (!promise) {
    promise = findOrStart(engine, options)
    promise.catch(() => answered.delete(engine))
    answered.set(engine, promise)
  }
  return promise
}

/** All shared servers: see `server`. */
export async function servers(options: ServerOptions = {}): Promise<Record<ServerEngine, Server>> {
  const [postgres, mysql, mariadb] = await Promise.all([
    server('postgres', options),
    server('mysql', options),
    server('mariadb', options),
  ])
  return { postgres, mysql, mariadb }
}

/** The servers of this checkout that run now. */
export function runningServers(): Server[] {
  return serverEngines.flatMap((engine) => {
    const instance = recordedInstance(sharedFolder(engine))
    if (!instance || !isRunning(instance)) return []
    const { url, origin, version, durable, port } = instance
    return [{ engine, url, origin, version, durable, port, pid: instance.process.pid }]
  })
}

/** Stops the shared servers of this checkout and what dead test processes left; gives back what was stopped. */
export async function stopServers(engines: readonly ServerEngine[] = serverEngines): Promise<ServerEngine[]> {
  const stopped: ServerEngine[] = []
  await Promise.all(
    engines.map(async (engine) => {
      const folder = sharedFolder(engine)
      await withLock(`${folder}.lock`, async () => {
        const instance = recordedInstance(folder)
        if (!instance) return
        if (isRunning(instance)) stopped.push(engine)
        await stopInstance(instance)
      })
      answered.delete(engine)
    }),
  )
  await stopOrphans()
  return stopped
}

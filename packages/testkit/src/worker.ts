// A test's worker process: TypeScript run from source, JSON messages both ways, kill -9 and pause at any moment.
import { spawn, type ChildProcess } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

export interface WorkerExit {
  code: number | null
  signal: NodeJS.Signals | null
}

export interface Worker<Message = unknown> {
  pid: number
  /** Sends a JSON message to the worker's `parent.onMessage`. */
  send(message: unknown): void
  /** The next message that matches, earlier ones that nobody took included; rejects when the worker ends or is silent. */
  receive(matches?: (message: Message) => boolean, timeoutMs?: number): Promise<Message>
  /** Every message so far. */
  received(): readonly Message[]
  exit: Promise<WorkerExit>
  kill9(): Promise<WorkerExit>
  /** SIGSTOP: its connections stay open, its timers stand still. */
  pause(): void
  resume(): void
  /** What it printed, both streams. */
  output(): string
}

const root = fileURLToPath(new URL('../../../', import.meta.url))
const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
const fromSource = ['--conditions=@twinwrite/source', '--import', loader]
const living = new Set<ChildProcess>()

// A paused worker cannot notice that its parent has gone.
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL')
})

/** Starts `file` (a path or a file URL; TypeScript or a bundle) with `args`; it is killed when this process ends. */
export function spawnWorker<Message = unknown>(
  file: string | URL,
  args: readonly string[] = [],
  options: { env?: Record<string, string> } = {},
): Worker<Message> {
  const path = file instanceof URL || file.startsWith('file:') ? fileURLToPath(file) : file
  const child = spawn(process.execPath, [...(path.endsWith('.ts') ? fromSource : []), path, ...args], {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: '', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const { pid } = child
  if (pid === undefined) throw new Error(`cannot start a worker from ${path}`)
  living.add(child)

  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => (output += text))
  }

  const received: Message[] = []
  const untaken: Message[] = []
  const waiting = new Set<() => void>()
  const wake = () => {
    for (const check of waiting) check()
  }
  child.on('message', (message) => {
    received.push(message as Message)
    untaken.push(message as Message)
    wake()
  })

  let ended: WorkerExit | undefined
  const exit = new Promise<WorkerExit>((resolve) => {
    child.on('close', (code, signal) => {
      living.delete(child)
      ended = { code, signal }
      resolve(ended)
      wake()
    })
  })

  function receive(
    matches: (message: Message) => boolean = () => true,
    timeoutMs = 20_000,
  ): Promise<Message> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        clearTimeout(timer)
        waiting.delete(check)
        act()
      }
      const fail = (why: string) => reject(new Error(`worker ${path}: ${why}\n${output.slice(-4000)}`))
      const check = () => {
        const index = untaken.findIndex(matches)
        const [message] = index < 0 ? [] : untaken.splice(index, 1)
        if (message !== undefined) settle(() => resolve(message))
        else if (ended)
          settle(() => fail(`ended with ${ended?.signal ?? ended?.code} and sent no such message`))
      }
      const timer = setTimeout(
        () => settle(() => fail(`sent no such message within ${timeoutMs} ms`)),
        timeoutMs,
      )
      waiting.add(check)
      check()
    })
  }

  return {
    pid,
    send: (message) => void child.send(message as object),
    receive,
    received: () => received,
    exit,
    kill9() {
      child.kill('SIGKILL')
      return exit
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    output: () => output,
  }
}

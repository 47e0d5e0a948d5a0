// The processes that write during a rehearsal, and all that they tell.

import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { processFile } from '../process-file.ts'
import { Book } from '../traffic/book.ts'
import type { ControllerJob, Job, WriterJob } from './job.ts'
import type { Worded } from '../worded.ts'
import type { Message } from './message.ts'

/** Longest wait (ms) for a process to begin. */
const patienceMs = 60_000
/** Longest wait (ms) for its end, before it is killed. */
const endMs = 10_000

interface Member {
  readonly child: ChildProcess
  readonly exit: Promise<NodeJS.Signals | null>
}

export class Fleet {
  readonly book = new Book()
  /** Milliseconds of each answered operation, from the time at which it was to begin. */
  readonly tookMs: number[] = []
  /** Operations that failed, by table and code. */
  readonly failed = new Map<string, Map<string, number>>()
  /** Statements of the application's own that were answered. */
  ran = 0
  /** Errors of the others, by number of the statement and code. */
  readonly statementErrors = new Map<string, { statement: number; error: Worded; count: number }>()
  /** Why processes ended that nobody has ended. */
  readonly crashes: string[] = []
  /** Writers at work. */
  readonly #members: Member[] = []
  /** Processes that have not ended. */
  readonly #living = new Map<ChildProcess, Promise<unknown>>()
  #number = 0
  #begun: number | null = null
  #ended: number | null = null

  /** Number for the next writer, which none ever had. */
  nextNumber(): number {
    return this.#number++
  }

  /** Milliseconds for which there was a writer. */
  get writtenMs(): number {
    return this.#begun === null ? 0 : (this.#ended ?? performance.now()) - this.#begun
  }

  async start(job: WriterJob): Promise<void> {
    this.#members.push(await this.#spawn(job))
    this.#begun ??= performance.now()
  }

  /** kill -9 of one writer. */
  async killOne(): Promise<void> {
    const member = this.#members.shift()
    member?.child.kill('SIGKILL')
    await member?.exit
  }

  /** A controller that kills itself. @returns whether it did, rather than end in another way */
  async controllerDies(job: ControllerJob): Promise<boolean> {
    const { exit } = await this.#spawn(job)
    return (await exit) === 'SIGKILL'
  }

  /** Writers end what they have begun. */
  async end(): Promise<void> {
    await Promise.all(
      this.#members.splice(0).map(async ({ child, exit }) => {
        if (child.connected) child.send({ role: 'end' })
        const timer = setTimeout(() => child.kill('SIGKILL'), endMs)
        await exit
        clearTimeout(timer)
      }),
    )
    this.#ended = performance.now()
  }

  /** Ends whatever runs, in whatever state it is. */
  async kill(): Promise<void> {
    for (const child of this.#living.keys()) child.kill('SIGKILL')
    await Promise.all(this.#living.values())
  }

  #spawn(job: Job): Promise<Member> {
    // Ctrl-C reaches a whole group: this process ends its own ones by itself.
    const child = fork(fileURLToPath(processFile), [], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      detached: true,
    })
    let said = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2000)))
    const exit = new Promise<NodeJS.Signals | null>((resolve) => {
      child.on('close', (code, signal) => {
        if (signal === null && code !== 0)
          this.crashes.push(`a ${job.role} ended with code ${code}: ${errorLine(said)}`)
        this.#living.delete(child)
        resolve(signal)
      })
    })
    this.#living.set(child, exit)
    const begun = new Promise<Member>((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`a ${job.role} did not begin within ${patienceMs} ms`)),
        patienceMs,
      )
      child.on('message', (message: Message) => {
        if (message.kind === 'here') child.send(job)
        this.#hear(job, message)
        if (message.kind !== 'ready') return
        clearTimeout(late)
        resolve({ child, exit })
      })
      child.on('close', () => {
        clearTimeout(late)
        reject(new Error(this.crashes.at(-1) ?? `a ${job.role} ended before it began`))
      })
    })
    return begun
  }

  #hear(job: Job, message: Message): void {
    switch (message.kind) {
      case 'tried':
        return this.book.tried(message.facts)
      case 'acked':
        this.tookMs.push(message.ms)
        return this.book.acked(message.facts)
      case 'failed': {
        const codes = this.failed.get(message.table) ?? new Map<string, number>()
        codes.set(message.code, (codes.get(message.code) ?? 0) + 1)
        this.failed.set(message.table, codes)
        return
      }
      case 'ran':
        return this.#ran(message.statement, message.error)
      case 'ended':
        this.crashes.push(`a ${job.role} ended: ${message.error}`)
        return
      case 'here':
      case 'ready':
    }
  }

  #ran(statement: number, error: Worded | null): void {
    if (error === null) return void this.ran++
    const name = `${statement} ${error.code}`
    const count = (this.statementErrors.get(name)?.count ?? 0) + 1
    this.statementErrors.set(name, { statement, error, count })
  }
}

function errorLine(text: string): string {
  const line = text.split('\n').find((one) => /error/i.test(one))
  return (line ?? text).trim().slice(0, 300)
}

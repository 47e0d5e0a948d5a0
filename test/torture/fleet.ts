// The processes of a round: they are killed and replaced by the nemesis, and all that they tell is kept.

import { spawnWorker, type Worker } from '@twinwrite/testkit'
import type { Book } from './book.ts'
import type { Job } from './join.ts'
import type { Addresses } from './orm.ts'
import type { OrmName } from './orms.ts'
import type { Ledger } from './workload.ts'

export type Role = 'writer' | 'relay' | 'controller'

type Message =
  | Ledger
  | { readonly ready: true }
  | { readonly took: readonly number[] }
  | { readonly error: string }
  | { readonly switched: string; readonly pauseMs: number }
  | { readonly refused: string }

interface Member {
  readonly role: Role
  readonly worker: Worker<Message>
  /** Number of its messages that were taken in. */
  read: number
}

export class Fleet {
  readonly #workers: URL
  readonly #orm: OrmName
  readonly #addresses: Addresses
  readonly #book: Book
  readonly #seed: number
  readonly #members: Member[] = []
  #spawned = 0
  readonly pauses: number[] = []
  /** Milliseconds of each write of the paced writers, from the time at which it was to begin. */
  readonly took: number[] = []
  readonly errors = new Map<string, number>()
  refused = 0

  /** @param workers folder of the bundled workers */
  constructor(workers: URL, orm: OrmName, addresses: Addresses, book: Book, seed: number) {
    this.#workers = workers
    this.#orm = orm
    this.#addresses = addresses
    this.#book = book
    this.#seed = seed
  }

  get size(): number {
    return this.#members.length
  }

  /** @param everyMs of a paced writer */
  spawn(role: Role, everyMs?: number): Promise<unknown> {
    const number = this.#spawned++
    const job: Job = {
      orm: this.#orm,
      addresses: this.#addresses,
      name: `w${number}`,
      seed: this.#seed * 1000 + number,
      everyMs,
    }
    const worker = spawnWorker<Message>(new URL(`${role}.worker.mjs`, this.#workers), [JSON.stringify(job)])
    this.#members.push({ role, worker, read: 0 })
    return worker.receive((message) => 'ready' in message, 60_000)
  }

  /** Takes in what the processes have told. @returns whether most of them are at work */
  listen(): boolean {
    for (const member of this.#members) this.#read(member)
    return this.#members.filter(({ read }) => read > 0).length * 2 > this.#members.length
  }

  /** kill -9 of one process, and a new one in its place, which may be killed before it is ready. */
  async replace(index: number): Promise<void> {
    const [member] = this.#members.splice(index % this.#members.length, 1)
    await this.#end(member!)
    this.spawn(member!.role).catch(() => undefined)
  }

  /** Stops one process for a while without its noticing. */
  async pause(index: number, ms: number): Promise<void> {
    const { worker } = this.#members[index % this.#members.length]!
    worker.pause()
    await new Promise((resolve) => setTimeout(resolve, ms))
    worker.resume()
  }

  async killAll(): Promise<void> {
    for (const member of this.#members.splice(0)) await this.#end(member)
  }

  /** Only the nemesis may end a process. */
  async #end(member: Member): Promise<void> {
    const { role, worker } = member
    const { signal } = await worker.kill9()
    this.#read(member)
    const output = worker.output()
    const crash = /(TypeError|ReferenceError|RangeError|AssertionError|Error: Cannot find).*/.exec(output)
    if (crash !== null) this.#count(`crashed: ${crash[0].slice(0, 160)}`)
    else if (signal !== 'SIGKILL') this.#count(`crashed: a ${role} ended by itself: ${output.slice(-400)}`)
  }

  #read(member: Member): void {
    const messages = member.worker.received()
    for (const message of messages.slice(member.read)) {
      if ('tried' in message || 'acked' in message) this.#book.enter(message)
      else if ('error' in message) this.#count(message.error)
      else if ('took' in message) this.took.push(...message.took)
      else if ('switched' in message) this.pauses.push(message.pauseMs)
      else if ('refused' in message) this.refused++
    }
    member.read = messages.length
  }

  #count(error: string): void {
    this.errors.set(error, (this.errors.get(error) ?? 0) + 1)
  }
}

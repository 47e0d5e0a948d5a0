// The network between a process and a server: packets take their time, connections break before or after the
// server has done what it was asked, and what a dead process has sent may still arrive.

import type { SimProcess } from '../engine/sim-process.ts'
import type { SimDatabase } from '../server/sim-database.ts'
import { ServerFault } from '../server/server-fault.ts'
import { ServerSession, type SessionKind, type Task } from '../server/server-session.ts'

export interface NetworkOptions {
  /** Multiplies every delay. */
  readonly slowness: number
  /** One request in so many is lost together with its connection, before or after it was executed; 0: none. */
  readonly lossOneIn: number
  /** One statement in so many meets a deadlock or a serialization failure; 0: none. */
  readonly transientOneIn: number
}

/** One connection. Requests on it arrive in order. */
export class Link {
  readonly process: SimProcess
  readonly db: SimDatabase
  readonly session: ServerSession
  readonly #network: () => NetworkOptions
  #arrives = 0
  #answers = 0
  #inFlight = 0
  #hungUp = false

  constructor(process: SimProcess, db: SimDatabase, kind: SessionKind, network: () => NetworkOptions) {
    this.process = process
    this.db = db
    this.#network = network
    this.session = new ServerSession(db, process, kind)
    process.onDeath(() => this.#abandon())
  }

  /** Asks the server to do something; rejects with ServerFault. `detail` is for the trace. */
  request<T>(label: string, task: Task<T>, detail: unknown = ''): Promise<T> {
    const { scheduler } = this.db
    return new Promise<T>((resolve, reject) => {
      this.#inFlight++
      const answer = (fault: ServerFault | null, value: unknown): void => {
        this.#answers = Math.max(this.#answers, scheduler.now + this.#delay())
        scheduler.after(this.#answers - scheduler.now, this.process, label, () => {
          if (scheduler.trace !== null) {
            const what = `${label} ${show(detail)}@${this.db.side} -> ${fault?.message ?? show(value)}`
            scheduler.log(this.process.name, what)
          }
          scheduler.resumed()
          if (fault === null) resolve(value as T)
          else reject(fault)
        })
      }
      this.#arrives = Math.max(this.#arrives, scheduler.now + this.#delay())
      scheduler.after(this.#arrives - scheduler.now, null, label, () =>
        this.#arrive(label, task, detail, answer),
      )
    })
  }

  /** Closes the connection from the client's side. */
  hangUp(): void {
    if (this.#hungUp) return
    this.#hungUp = true
    const { scheduler } = this.db
    this.#arrives = Math.max(this.#arrives, scheduler.now + this.#delay())
    scheduler.after(this.#arrives - scheduler.now, null, 'hang-up', () => this.session.hangUp())
  }

  #arrive(
    label: string,
    task: Task<unknown>,
    detail: unknown,
    answer: (fault: ServerFault | null, value: unknown) => void,
  ): void {
    this.#inFlight--
    const { db, session } = this
    const { random } = db.scheduler
    const { lossOneIn, transientOneIn } = this.#network()
    if (db.down) {
      session.close('the server is down')
      return answer(new ServerFault('lost', `the ${db.side} is down`), undefined)
    }
    const loss = random.oneIn(lossOneIn) ? (random.oneIn(2) ? 'request' : 'answer') : 'none'
    if (loss === 'request') {
      session.close('its connection broke')
      return answer(new ServerFault('lost', 'connection lost before the server got the request'), undefined)
    }
    const unlucky = random.oneIn(transientOneIn)
    if (unlucky && session.kind === 'app') session.unlucky = true
    session.submit(unlucky && session.kind !== 'app' ? refusal : task, (fault, value) => {
      if (db.scheduler.trace !== null) {
        const what = `${session.name} ${label} ${show(detail)}: ${fault?.message ?? show(value)}`
        db.scheduler.log(db.side, loss === 'answer' ? `${what} (answer lost)` : what)
      }
      if (loss === 'none') return answer(fault, value)
      session.close('its connection broke')
      answer(new ServerFault('lost', 'connection lost; nobody knows whether the server did it'), undefined)
    })
  }

  /** The process is dead: what is under way arrives or not, and the server notices sooner or later. */
  #abandon(): void {
    if (this.#hungUp || !this.session.open) return
    this.#hungUp = true
    const { scheduler } = this.db
    const { random } = scheduler
    if (this.#inFlight > 0 && random.oneIn(3)) return this.session.close('its client was killed')
    const notice = random.oneIn(6) ? 400 + random.below(1500) : this.#delay()
    this.#arrives = Math.max(this.#arrives, scheduler.now + notice)
    scheduler.after(this.#arrives - scheduler.now, null, 'hang-up', () => this.session.hangUp())
  }

  /** Mostly short, now and then very long. */
  #delay(): number {
    const { random } = this.db.scheduler
    const { slowness } = this.#network()
    const short = 0.1 * 2 ** random.below(7) * (0.5 + random.fraction())
    return slowness * (random.oneIn(60) ? short * 20 : short)
  }
}

const refusal: Task<never> = {
  instant() {
    throw new ServerFault('deadlock', 'chosen as the victim of a deadlock')
  },
}

function show(value: unknown): string {
  const replacer = (name: string, one: unknown): unknown => {
    // The only things in a run that don't come from its seed.
    if (name === 'pid' || (name === 'id' && typeof one === 'string' && one.length === 36)) return undefined
    if (one instanceof Map || one instanceof Set) return [...one]
    return typeof one === 'bigint' ? String(one) : one
  }
  if (value === '') return ''
  return value === undefined ? 'ok' : (JSON.stringify(value, replacer) ?? 'ok').slice(0, 300)
}

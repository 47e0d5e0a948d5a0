// Knows what really happened on both servers and says at every commit whether it was allowed:
// - W8: no commit on a side that is not primary, never two primaries, epochs grow, no id is given twice
// - W5, W2: what the secondary shows of a row only moves forward through states that the primary committed
// - a write begins from the last committed state of its row, wherever that was committed (no lost update)
// - W3: at the hand-over, and at the end, the other side holds the last state of every row

import type { Fence, Key, Row } from '@twinwrite/core'
import type { Scheduler } from './engine/scheduler.ts'
import type { ServerSession } from './server/server-session.ts'
import type { SimDatabase } from './server/sim-database.ts'

export interface RowChange {
  readonly table: string
  readonly key: Key
  readonly before: Row | null
  readonly after: Row | null
}

/** States of one row in the order of their commits; the first is its absence. */
interface History {
  readonly states: string[]
  /** Where in `states` each side stands. */
  readonly at: { source: number; target: number }
}

export class Oracle {
  readonly #scheduler: Scheduler
  readonly #databases: SimDatabase[] = []
  readonly #histories = new Map<string, History>()
  readonly #committedTokens = new Set<string>()
  readonly #deniedTokens = new Set<string>()
  readonly #generatedIds = new Set<string>()
  /** Sides into which a fast load has written since they began to be loading. */
  readonly #filling = new Set<string>()
  readonly counts = { commits: 0, applies: 0, fills: 0, switches: 0, aborts: 0, acknowledged: 0, verified: 0 }
  /** Whether the secondary has been loaded, so that hand-overs must find both sides equal. */
  loaded = false

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler
  }

  watch(database: SimDatabase): void {
    this.#databases.push(database)
  }

  /** Rows that were there before the run. */
  initial(database: SimDatabase, table: string, key: Key, row: Row): void {
    ;(database.committed.get(table) as Map<Key, Row>).set(key, row)
    const history = this.#history(table, key)
    history.states.push(stateOf(row))
    history.at[database.side] = 1
  }

  committed(
    database: SimDatabase,
    session: ServerSession,
    changes: readonly RowChange[],
    tokens: readonly string[],
  ): void {
    if (session.kind === 'apply') {
      this.counts.applies++
      for (const change of changes) this.#applied(database, change)
      if (database.fence.role !== 'secondary')
        this.#fail('W8', `apply committed on the ${database.side}, which is ${database.fence.role}`)
      return
    }
    if (session.kind === 'fill') {
      this.counts.fills++
      const role = session.transaction?.filling
      if (role === 'loading') this.#filling.add(database.side)
      for (const change of changes) {
        if (role === 'loading') this.#filled(database, change)
        else this.#applied(database, change)
      }
      if (database.fence.role !== role)
        this.#fail(
          'W8',
          `a chunk was filled in on the ${database.side}, which is ${database.fence.role}, not ${role}`,
        )
      return
    }
    this.counts.commits++
    if (database.fence.role !== 'primary')
      this.#fail('W8', `${session.name} committed on the ${database.side}, which is ${database.fence.role}`)
    for (const change of changes) this.#native(database, change)
    for (const token of tokens) {
      this.#committedTokens.add(token)
      if (this.#deniedTokens.has(token))
        this.#fail('W1', `write ${token} committed after the app was told that it is rolled back`)
    }
  }

  /** An id that the database generated for a row that is about to be committed. */
  generated(table: string, key: Key): void {
    const name = `${table} ${key}`
    if (this.#generatedIds.has(name)) this.#fail('W8', `id ${name} was generated twice`)
    this.#generatedIds.add(name)
  }

  fenceChanged(database: SimDatabase, before: Fence): void {
    const { side, fence } = database
    // Somebody waited for those who hold it.
    if (fence.role === before.role && fence.epoch === before.epoch && fence.stage === before.stage) return
    this.#scheduler.log(
      side,
      `fence ${before.role} ${before.epoch} -> ${fence.role} ${fence.epoch} ${fence.stage}`,
    )
    const loading = fence.role === 'loading' || before.role === 'loading'
    // A loader that died before it looked at the other side leaves the role, but no rows.
    if (fence.role === 'primary' && this.#filling.has(side))
      this.#fail('W8', `the ${side} became primary while it was loaded`)
    if (fence.role !== 'loading') this.#filling.delete(side)
    if (fence.epoch <= before.epoch && !(loading && fence.epoch === before.epoch))
      this.#fail('W8', `epoch of the ${side} went from ${before.epoch} to ${fence.epoch}`)
    if (this.#databases.filter((one) => one.fence.role === 'primary').length > 1)
      this.#fail('W8', 'two primaries')
    if (before.role === 'frozen' && fence.role === 'primary') this.counts.aborts++
    if (fence.role !== 'primary' || (before.role !== 'secondary' && before.role !== 'loading')) return
    this.counts.switches++
    if (!this.loaded) this.#fail('W3', `the ${side} became primary before it was loaded`)
    for (const [name, history] of this.#histories) {
      if (!isLast(history, side))
        this.#fail('W3', `hand-over: the ${side} does not have the last state of ${name}`)
    }
  }

  /** The app got a positive answer to its COMMIT. */
  acknowledged(tokens: readonly string[]): void {
    this.counts.acknowledged++
    for (const token of tokens) {
      if (!this.#committedTokens.has(token))
        this.#fail('W1', `write ${token} was acknowledged but never committed`)
    }
  }

  /** The app was told that its write did not commit and never will. */
  denied(tokens: readonly string[]): void {
    for (const token of tokens) {
      this.#deniedTokens.add(token)
      if (this.#committedTokens.has(token))
        this.#fail('W1', `write ${token} was called rolled back but is committed`)
    }
  }

  /** Both sides are at rest: they must hold the last state of every row, and nothing else. */
  atRest(): void {
    for (const database of this.#databases) {
      for (const [name, history] of this.#histories) {
        if (!isLast(history, database.side)) {
          this.#fail(
            'W3',
            `at the end the ${database.side} does not have the last state of ${name}: ${history.states.join(' > ')}`,
          )
        }
      }
      for (const [table, rows] of database.committed) {
        for (const [key, row] of rows) {
          const history = this.#history(table, key)
          if (history.states.at(-1) !== stateOf(row))
            this.#fail('W3', `at the end the ${database.side} has ${table} ${key} ${stateOf(row)}`)
        }
      }
    }
  }

  #native(database: SimDatabase, { table, key, before, after }: RowChange): void {
    const history = this.#history(table, key)
    const last = history.states.at(-1)
    if (last !== stateOf(before)) {
      this.#fail(
        'W3',
        `lost update: ${table} ${key} is written on the ${database.side} from ${stateOf(before)}, the last state is ${last}`,
      )
    }
    if (stateOf(before) !== stateOf(after)) history.states.push(stateOf(after))
    history.at[database.side] = history.states.length - 1
  }

  #applied(database: SimDatabase, { table, key, after }: RowChange): void {
    const history = this.#history(table, key)
    const state = stateOf(after)
    const at = history.states.indexOf(state, history.at[database.side])
    if (at >= 0) {
      history.at[database.side] = at
    } else if (history.states.includes(state)) {
      this.#fail(
        'W5',
        `${table} ${key} on the ${database.side} went back to ${state}: ${history.states.join(' > ')}`,
      )
    } else {
      this.#fail('W2', `${table} ${key} on the ${database.side} became ${state}, which was never committed`)
    }
  }

  /** Nobody follows or reads meanwhile: any state that was committed may stand here, and the journal brings the last one. */
  #filled(database: SimDatabase, { table, key, after }: RowChange): void {
    const history = this.#history(table, key)
    const state = stateOf(after)
    const at = after === null ? 0 : history.states.lastIndexOf(state)
    if (at < 0)
      this.#fail('W2', `${table} ${key} on the ${database.side} was filled with ${state}, never committed`)
    else history.at[database.side] = at
  }

  #history(table: string, key: Key): History {
    const name = `${table} ${key}`
    let history = this.#histories.get(name)
    if (history === undefined)
      this.#histories.set(name, (history = { states: ['-'], at: { source: 0, target: 0 } }))
    return history
  }

  #fail(invariant: string, what: string): void {
    this.#scheduler.fail(`${invariant}: ${what}`)
  }
}

function isLast(history: History, side: 'source' | 'target'): boolean {
  // An absence may stand in the history more than once; what counts is the state.
  return history.states[history.at[side]] === history.states.at(-1)
}

function stateOf(row: Row | null): string {
  return row === null ? '-' : row.slice(1).join('/')
}

// From which time on an incremental look has to read again. A transaction may stamp its rows now and commit in ten minutes, so that the
// clock says nothing (failure case h): a time counts as passed only when every transaction that was open at it has ended before
// the rows are read. Where the server does not tell which are open, five minutes are held back instead.

import { type Column, momentText, type SideRows, type Store, StoreError } from '@twinwrite/core'

const run = 'verify-watermark'
/** Held back where nobody says which transactions are open. */
const blindMs = 5 * 60_000

/** A moment, and the transactions that were open at it. */
interface Moment {
  readonly ms: number
  readonly mark: string
}

interface Body {
  /** Rows written before are compared; null: none yet. */
  readonly safeMs: number | null
  /** What `safeMs` becomes at the end of the pass that is under way. */
  readonly nextMs: number | null
  /** When its transactions have ended, it becomes `nextMs`. */
  readonly waiting: Moment | null
  /** Another primary has other clocks and transactions. */
  readonly primary: string
}

export interface WatermarkContext {
  readonly name: string
  readonly column: Column
  readonly primary: Store
  readonly rows: SideRows
  /** Where watermarks are kept. */
  readonly keeper: Store
  readonly overlapMs: number
}

export class Watermark {
  readonly #context: WatermarkContext
  #body: Body

  private constructor(context: WatermarkContext, body: Body) {
    this.#context = context
    this.#body = body
  }

  static async open(context: WatermarkContext): Promise<Watermark> {
    const found = await context.keeper.checkpoints(run)
    const own = found.find(({ table }) => table === context.name)
    const body = own === undefined ? null : (JSON.parse(own.body) as Body)
    const { side } = context.primary
    const anew: Body = { safeMs: null, nextMs: null, waiting: null, primary: side }
    return new Watermark(context, body?.primary === side ? body : anew)
  }

  /** Before the first row of a pass is read. @returns text of the time to read from; null for all */
  async begin(): Promise<string | null> {
    const { primary, overlapMs } = this.#context
    let { waiting, nextMs } = this.#body
    if (waiting !== null && (await ended(primary, waiting))) {
      nextMs = waiting.ms - overlapMs
      waiting = null
    }
    const moment = await this.#now()
    if (moment.mark === null) nextMs = moment.ms - Math.max(overlapMs, blindMs)
    else if (await ended(primary, { ms: moment.ms, mark: moment.mark })) {
      nextMs = moment.ms - overlapMs
      waiting = null
    } else waiting ??= { ms: moment.ms, mark: moment.mark }
    await this.#save({ ...this.#body, nextMs, waiting })
    return this.from()
  }

  /** Text of the time from which this pass reads; null for all. */
  from(): string | null {
    const { safeMs } = this.#body
    return safeMs === null ? null : momentText(this.#context.column, safeMs)
  }

  /** After the last row of the pass. */
  end(): Promise<void> {
    const { safeMs, nextMs } = this.#body
    const reached = nextMs === null ? safeMs : Math.max(nextMs, safeMs ?? nextMs)
    return this.#save({ ...this.#body, safeMs: reached, nextMs: null })
  }

  /** First the time, then the transactions: one that begins in between is among them. */
  async #now(): Promise<{ readonly ms: number; readonly mark: string | null }> {
    const { name, column, primary, rows } = this.#context
    const [clockMs, newest] = await Promise.all([rows.clockMs(), rows.newest(name, column.name)])
    // A column without zone may hold the app's local time, which is behind the server's.
    const ms = newest === null ? clockMs : Math.min(clockMs, timeMs(column, newest) ?? clockMs)
    return { ms, mark: await markOf(primary) }
  }

  async #save(body: Body): Promise<void> {
    this.#body = body
    const { keeper, name } = this.#context
    await keeper.saveCheckpoint({ run, table: name, part: 0, body: JSON.stringify(body) })
  }
}

/** Null where the server does not tell. */
async function markOf(primary: Store): Promise<string | null> {
  try {
    return await primary.transactionMark()
  } catch (error) {
    if (error instanceof StoreError && error.reason === 'denied') return null
    throw error
  }
}

async function ended(primary: Store, { mark }: Moment): Promise<boolean> {
  return (await primary.olderTransactions(mark)).length === 0
}

/** Null for what is no finite time. */
function timeMs({ kind }: Column, text: string): number | null {
  if (kind === 'instant') return /^-?\d+$/.test(text) ? Number(BigInt(text) / 1000n) : null
  const ms = Date.parse(`${text.replace(' ', 'T').replace(/(\.\d{3})\d+$/, '$1')}Z`)
  return Number.isNaN(ms) ? null : ms
}

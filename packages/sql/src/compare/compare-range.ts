// One range of rows on two servers, compared without a JavaScript value for any column: as digests where both databases make the same
// ones, else as the bytes in which both write a row. Equal bytes are equal rows; what differs says nothing yet.

import {
  type Differing,
  type DirectedTable,
  encodeKey,
  type Key,
  type KeyRange,
  type SideTable,
} from '@twinwrite/core'
import type { LineSource } from '../lines/lines.ts'
import type { Session } from '../session.ts'
import { raw, renderLiteral, type Sql, sql } from '../sql-text.ts'
import type { StoreContext } from '../store/context.ts'
import { limitText } from '../store/journal.ts'
import { inKeyOrder, withinRange } from '../store/key-range.ts'
import { comparedDigests, comparedTexts, type ComparedTexts } from './compared-texts.ts'
import { differingRows } from './differing-rows.ts'
import { type Framing, lineFraming } from './framing.ts'
import { RowFeed } from './row-feed.ts'

export interface Compared {
  readonly table: DirectedTable
  readonly range: KeyRange
  /** That the left side has in it, at most. */
  readonly rows: number
  /** Keys that are wanted. */
  readonly most: number
}

/** @returns null where the two can't be compared in this way */
export class RangeComparison {
  readonly #left: StoreContext
  readonly #right: StoreContext
  /** Mappings whose digests differ for equal rows, or whose rows differ so often that digests are in vain. */
  readonly #undigested = new Set<string>()

  constructor(left: StoreContext, right: StoreContext) {
    this.#left = left
    this.#right = right
  }

  async differing(compared: Compared): Promise<Differing | null> {
    if (this.#left.engine.lines === null || this.#right.engine.lines === null) return null
    const { mapping } = compared.table.from
    const digests = this.#undigested.has(mapping)
      ? null
      : comparedDigests(this.#left, this.#right, compared.table)
    if (digests !== null) {
      const found = await this.#byDigests(compared, digests)
      if (found.keys !== null && found.keys.length <= found.rows / 2) return found
      this.#undigested.add(mapping)
    }
    const texts = comparedTexts(this.#left, this.#right, compared.table)
    return texts === null ? null : this.#byRows(compared, texts)
  }

  async #byDigests(compared: Compared, digests: readonly [ComparedTexts, ComparedTexts]): Promise<Differing> {
    const { table, range } = compared
    const [there, here] = await Promise.all([
      digestOf(this.#left, table.from, range, digests[0]),
      digestOf(this.#right, table.to, range, digests[1]),
    ])
    if (there.rows === here.rows && there.digest === here.digest) return { rows: there.rows, keys: [] }
    return this.#byRows(compared, digests)
  }

  async #byRows(
    { table, range, rows, most }: Compared,
    texts: readonly [ComparedTexts, ComparedTexts],
  ): Promise<Differing> {
    const [left, right] = [this.#left, this.#right]
    const limit = rows + most + 1
    const { asSent, family } = left.engine.lines!
    const inOne = family === right.engine.lines!.family
    const feed = (context: StoreContext, { bytes }: LineSource): RowFeed =>
      new RowFeed(bytes, inOne && asSent !== null ? asSent.framing : lineFraming, (error) =>
        context.failure(error),
      )
    return left.with((reader) =>
      right.with(async (other) => {
        const [there, here] = await Promise.all([
          read(left, reader, inOne, select(left, table.from, range, texts[0], limit)),
          read(right, other, inOne, select(right, table.to, range, texts[1], limit)),
        ])
        const feeds = [feed(left, there), feed(right, here)] as const
        const found = await differingRows(...feeds, keyOf(left, table.from, feeds[0].framing), most)
        // What stands behind the limit was not seen.
        const seen = there.lines() < limit && here.lines() < limit
        return { rows: there.lines(), keys: found === null || !seen ? null : [...found] }
      }),
    )
  }
}

function read(
  { engine }: StoreContext,
  session: Session,
  inOne: boolean,
  statement: string,
): Promise<LineSource> {
  const { asSent, read: lines } = engine.lines!
  return inOne && asSent !== null
    ? asSent.read(session, statement)
    : lines(session, statement, inOne ? 'own' : 'common')
}

function keyOf({ engine }: StoreContext, { key }: SideTable, framing: Framing): (row: Buffer) => Key {
  return (row) => {
    const texts = framing.values(row, key.length)
    return encodeKey(key.map((column, index) => engine.values.read(column, texts[index]) ?? ''))
  }
}

async function digestOf(
  context: StoreContext,
  { mapping }: SideTable,
  range: KeyRange,
  { rest }: ComparedTexts,
): Promise<{ readonly rows: number; readonly digest: unknown }> {
  const { engine } = context
  const table = context.table(mapping)
  const { rows } = await context.run(
    sql`SELECT count(*), ${raw(engine.digest!.all(rest[0]!))} FROM ${raw(engine.table(table.table))} t
      WHERE ${withinRange(context, table, range)}`,
  )
  return { rows: Number(rows[0]![0]), digest: rows[0]![1] }
}

function select(
  context: StoreContext,
  { mapping }: SideTable,
  range: KeyRange,
  { key, rest }: ComparedTexts,
  limit: number,
): string {
  const { engine } = context
  const table = context.table(mapping)
  const statement: Sql = sql`SELECT ${raw([...key, ...rest].join(', '))} FROM ${raw(engine.table(table.table))} t
    WHERE ${withinRange(context, table, range)} ORDER BY ${inKeyOrder(context, table)} LIMIT ${limitText(limit)}`
  return renderLiteral(statement, (text) => engine.lines!.literal(text))
}

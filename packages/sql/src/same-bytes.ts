// One range of rows on two servers, compared as the bytes in which their servers write it: no JavaScript value for any column. Equal
// bytes are equal rows; bytes that differ say nothing yet. Between engines of one family each writes in its own way, between others
// in texts that all write alike.

import type { Readable } from 'node:stream'
import type { Column, DifferingSpan, DirectedTable, KeyRange, SameBytes, SideTable } from '@twinwrite/core'
import { raw, renderLiteral, type Sql, sql } from './sql-text.ts'
import type { StoreContext } from './store/context.ts'
import { limitText } from './store/journal.ts'
import { inKeyOrder, withinRange } from './store/key-range.ts'

/** More places that differ are told as one. */
const mostSpans = 20
const lineEnd = 10

/** @returns null where the two can't be compared in this way */
export async function sameBytes(
  left: StoreContext,
  right: StoreContext,
  table: DirectedTable,
  range: KeyRange,
  limit: number,
): Promise<SameBytes | null> {
  const { from, to, telling } = table
  if (!table.carriesTexts || telling.from !== telling.to) return null
  const columns = telling.from
  const selects = [
    selectOf(left, right, from, to.columns, columns, range, limit),
    selectOf(right, left, to, from.columns, columns, range, limit),
  ] as const
  if (selects[0] === null || selects[1] === null) return null
  const [a, b] = await Promise.all([bytesOf(left, selects[0]), bytesOf(right, selects[1])])
  if (a.equals(b)) return { rows: countLines(a), spans: [] }
  return { rows: countLines(a), spans: spansOf(linesOf(a), linesOf(b)) }
}

function selectOf(
  context: StoreContext,
  other: StoreContext,
  { mapping }: SideTable,
  others: readonly Column[],
  columns: number,
  range: KeyRange,
  limit: number,
): string | null {
  const { engine } = context
  const { lines } = engine
  if (lines === null || other.engine.lines === null) return null
  const own = lines.family === other.engine.lines.family
  const table = context.table(mapping)
  const texts: Sql[] = []
  for (const [index, column] of table.columns.slice(0, columns).entries()) {
    const text = own
      ? lines.given(column, others[index]!, 'own')
      : engine.values.comparable(column, `t.${engine.quote(column.name)}`)
    if (text === null) return null
    texts.push(raw(texts.length === 0 ? text : `, ${text}`))
  }
  const list = texts.reduce((before, text) => sql`${before}${text}`)
  const select = sql`SELECT ${list} FROM ${raw(engine.table(table.table))} t
    WHERE ${withinRange(context, table, range)} ORDER BY ${inKeyOrder(context, table)} LIMIT ${limitText(limit)}`
  return renderLiteral(select, (text) => engine.literal(text))
}

function bytesOf(context: StoreContext, select: string): Promise<Buffer> {
  return context.with(async (session) => whole((await context.engine.lines!.read(session, select)).bytes))
}

async function whole(bytes: Readable): Promise<Buffer> {
  const blocks: Buffer[] = []
  for await (const block of bytes) blocks.push(block as Buffer)
  return Buffer.concat(blocks)
}

function countLines(bytes: Buffer): number {
  let lines = 0
  for (let at = bytes.indexOf(lineEnd); at >= 0; at = bytes.indexOf(lineEnd, at + 1)) lines++
  return lines
}

function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = []
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(lineEnd, start)
    lines.push(bytes.subarray(start, end))
    start = end + 1
  }
  return lines
}

/** Where lines differ: between a common beginning and a common end, or line by line where as many stand on both sides. */
function spansOf(left: readonly Buffer[], right: readonly Buffer[]): DifferingSpan[] {
  const least = Math.min(left.length, right.length)
  let first = 0
  while (first < least && left[first]!.equals(right[first]!)) first++
  let last = 0
  while (last < least - first && left.at(-1 - last)!.equals(right.at(-1 - last)!)) last++
  const all = [{ first, end: left.length - last }]
  if (left.length !== right.length) return all
  const spans: DifferingSpan[] = []
  for (let index = first; index < left.length - last; index++) {
    if (left[index]!.equals(right[index]!)) continue
    const open = spans.at(-1)
    if (open?.end === index) spans[spans.length - 1] = { first: open.first, end: index + 1 }
    else spans.push({ first: index, end: index + 1 })
    if (spans.length > mostSpans) return all
  }
  return spans
}

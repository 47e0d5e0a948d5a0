// The exact comparison: every row of every table of a side, by the plain drivers, as canonical texts under the source's
// names. Knows nothing of twinwrite.

import type { Side } from '@twinwrite/core'
import { canonicalText, readerOf } from './column-types.ts'
import { type PlainSession, quoted } from './plain-session.ts'
import { columnOn, nameOn, type TableSpec } from './tables.ts'

/** `table:key` to the row. */
export type Contents = ReadonlyMap<string, string>

export async function contentsOf(
  session: PlainSession,
  side: Side,
  tables: readonly TableSpec[],
): Promise<Contents> {
  const rows = new Map<string, string>()
  const answers = await session.queryAll(tables.map((table) => selectAll(session, side, table)))
  for (const [index, table] of tables.entries()) {
    const keyAt = table.key.map((name) => table.columns.findIndex((column) => column.name === name))
    for (const row of answers[index]!) {
      const texts = table.columns.map(({ kind }, at) => canonicalText(kind, asText(row[`c${at}`])))
      const key = keyAt.map((at) => texts[at])
      rows.set(`${table.source}:${JSON.stringify(key)}`, JSON.stringify(texts))
    }
  }
  return rows
}

function selectAll({ engine }: PlainSession, side: Side, table: TableSpec): string {
  const list = table.columns.map((column, index) => {
    const read = readerOf(engine, column.kind)
    return `${read(quoted(engine, columnOn(side, column)))} AS c${index}`
  })
  return `SELECT ${list.join(', ')} FROM ${quoted(engine, nameOn(side, table))}`
}

function asText(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value)
}

/** Sentences about rows that are not the same; empty when the two hold exactly the same. */
export function differences(
  [leftName, left]: readonly [name: string, contents: Contents],
  [rightName, right]: readonly [name: string, contents: Contents],
): string[] {
  const found: string[] = []
  for (const row of new Set([...left.keys(), ...right.keys()])) {
    const [here, there] = [left.get(row), right.get(row)]
    if (here === there) continue
    found.push(`${row}: ${leftName} has ${here ?? 'no row'}, ${rightName} has ${there ?? 'no row'}`)
  }
  return found
}

// Compiles a mapping into a function from a row of one side to a row of the other. It runs for every applied row: a mapping that
// only renames returns the row itself. Upholds W5: only the user's own functions and accepted losses change a text.

import { TwinwriteError } from '../errors.ts'
import { otherSide, type Side } from '../stage.ts'
import type { Row } from '../store.ts'
import type { ConvertRow, ConvertText, NamedRow } from './config.ts'
import { conversion, guard } from './convert.ts'
import type { MappedTable } from './mapped-table.ts'
import type { ColumnPair } from './pair-columns.ts'
import type { SideTable } from './side-table.ts'

/**
 * A row of `SideTable.columns` of one side to one of the other side. Throws TwinwriteError for a row that the other side can't hold
 * or that a function of the user's fails on: such a row is rejected, the others go on.
 */
export type RowMap = (row: Row) => Row

/** Columns of one side in the order of its rows: pairs first, so that renamed rows need no work. */
export function sideTable(mapped: MappedTable, side: Side, key: readonly ColumnPair[]): SideTable {
  const { pairs, loose, constants } = mapped.pairing
  return {
    mapping: mapped.name,
    table: mapped.table[side],
    columns: [
      ...pairs.map((pair) => pair[side]),
      ...loose[side],
      ...constants[side].map(({ column }) => column),
    ],
    key: key.map((pair) => pair[side]),
  }
}

/** What stands in one column of the made row. */
interface Cell {
  /** Index in the given row; -1: `text`. */
  readonly from: number
  readonly text: string | null
  readonly convert: ConvertText | null
}

export function rowMap(mapped: MappedTable, from: Side, key: readonly ColumnPair[]): RowMap {
  const to = otherSide(from)
  const { pairs, loose, constants } = mapped.pairing
  const cells: Cell[] = [
    ...pairs.map((pair, index) => ({ from: index, text: null, convert: cellConvert(mapped, pair, from) })),
    ...loose[to].map(() => ({ from: -1, text: null, convert: null })),
    ...constants[to].map(({ text }) => ({ from: -1, text, convert: null })),
  ]
  const width = pairs.length + loose[from].length + constants[from].length
  const byColumn = compileCells(cells, width)
  const functions = mapped.settings.convert
  if (functions === null) return byColumn
  return withRowFunction(mapped, from, key, from === 'source' ? functions.up : functions.down, byColumn)
}

/** Whether each column's text is what its counterpart will hold: texts that the other server can't hold are for it to refuse. */
export function carriesTexts(mapped: MappedTable, from: Side): boolean {
  const { pairs, constants } = mapped.pairing
  if (constants.source.length > 0 || constants.target.length > 0) return false
  return comparesTexts(mapped, from) && pairs.every(({ source, target }) => source.kind === target.kind)
}

/** Whether each column's canonical text, constants left aside, is the one that its counterpart has to hold. */
export function comparesTexts({ pairing, settings }: MappedTable, from: Side): boolean {
  const { pairs, loose } = pairing
  if (settings.convert !== null || loose.source.length > 0 || loose.target.length > 0) return false
  const to = otherSide(from)
  return pairs.every((pair) => pair.convert === null && conversion(pair[from], pair[to]) === null)
}

function compileCells(cells: readonly Cell[], width: number): RowMap {
  if (cells.length === width && cells.every((cell, index) => cell.from === index && cell.convert === null))
    return (row) => row
  return (row) => {
    const made: (string | null)[] = []
    for (const { from, text, convert } of cells) {
      const given = from < 0 ? text : (row[from] ?? null)
      made.push(convert === null ? given : convert(given))
    }
    return made
  }
}

/** The user's conversion, or ours; null when the text is carried as it is. */
function cellConvert(mapped: MappedTable, pair: ColumnPair, from: Side): ConvertText | null {
  const to = otherSide(from)
  const [fromColumn, toColumn] = [pair[from], pair[to]]
  if (pair.convert !== null) {
    const name = from === 'source' ? 'up' : 'down'
    const what = `\`${name}\` of column ${JSON.stringify(pair.source.name)} of ${mapped.name}`
    const convert = pair.convert[name]
    return (text) =>
      textOrNull(
        calling(mapped.name, what, () => convert(text)),
        mapped.name,
        what,
      )
  }
  const change = conversion(fromColumn, toColumn)
  const check = guard(
    { column: fromColumn, engine: mapped.engine[from] },
    { column: toColumn, engine: mapped.engine[to] },
    mapped.name,
  )
  if (change === null && check === null) return null
  return (text) => {
    if (text === null) return null
    const changed = change === null ? text : change(text)
    check?.(changed)
    return changed
  }
}

function withRowFunction(
  mapped: MappedTable,
  from: Side,
  key: readonly ColumnPair[],
  convert: ConvertRow,
  byColumn: RowMap,
): RowMap {
  const to = otherSide(from)
  const { pairs, loose } = mapped.pairing
  const name = from === 'source' ? 'up' : 'down'
  const what = `\`${name}\` of ${mapped.name}`
  const given = [...pairs.map((pair) => pair[from].name), ...loose[from].map((column) => column.name)]
  const wanted = [...pairs.map((pair) => pair[to].name), ...loose[to].map((column) => column.name)]
  const position = new Map(wanted.map((column, index) => [column, index]))
  const keyColumns = new Set(key.map((pair) => pair[to].name))
  return (row) => {
    const named = Object.create(null) as NamedRow
    for (const [index, column] of given.entries()) named[column] = row[index] ?? null
    const result = calling(mapped.name, what, () => convert(named))
    if (typeof result !== 'object' || result === null) throw broken(mapped.name, `${what} returned no row`)
    const made = [...byColumn(row)]
    let missing = loose[to].length
    for (const column of Object.keys(result)) {
      const index = position.get(column)
      if (index === undefined)
        throw broken(
          mapped.name,
          `${what} returned ${JSON.stringify(column)}, which is no travelling column of the ${to}`,
        )
      const text = textOrNull(result[column], mapped.name, `${what} for column ${JSON.stringify(column)}`)
      if (keyColumns.has(column) && text !== made[index])
        throw broken(mapped.name, `${what} changed key column ${JSON.stringify(column)}`)
      if (index >= pairs.length) missing--
      made[index] = text
    }
    if (missing > 0) {
      const left = loose[to]
        .filter((column) => !Object.hasOwn(result, column.name))
        .map((column) => JSON.stringify(column.name))
      throw broken(mapped.name, `${what} returned no text for ${left.join(', ')}`)
    }
    return made
  }
}

function calling<Result>(table: string, what: string, call: () => Result): Result {
  try {
    return call()
  } catch (cause) {
    throw new TwinwriteError('TW_SECONDARY_REJECTED', `${what} threw ${String(cause)}`, {
      table,
      cause,
      hint: 'Make the function work for this row, or correct the row.',
    })
  }
}

function textOrNull(value: unknown, table: string, what: string): string | null {
  if (value === null || typeof value === 'string') return value
  throw broken(
    table,
    `${what} returned ${value === undefined ? 'undefined' : `a ${typeof value}`}, not a canonical text or null`,
  )
}

function broken(table: string, message: string): TwinwriteError {
  return new TwinwriteError('TW_CONFIG_INVALID', message, {
    table,
    hint: 'Correct the function in the mapping; the row is tried again.',
  })
}

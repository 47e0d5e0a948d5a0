// When two rows hold the same. A loss that was accepted by name is no difference (W11): what the primary's row becomes on the other
// side must stand there; and once the sides have exchanged their roles, rows that nobody has written since may as well hold what
// their old primary had.

import type { DirectedTable } from '../apply/direction.ts'
import type { SideTable } from '../mapping/side-table.ts'
import type { Fence, Row } from '../store.ts'

/** Whether the side that this fence row is of was primary before, so that its rows may hold more than those of the primary. */
export function wasPrimary(secondary: Fence): boolean {
  return secondary.stage !== 'source-only'
}

/** @param bothWays what `wasPrimary` says of the secondary */
export function equalRows(table: DirectedTable, primary: Row, secondary: Row, bothWays: boolean): boolean {
  const { from, to, telling } = table
  if (same(to, telling.to, converted(table.convert, primary), secondary)) return true
  return bothWays && same(from, telling.from, converted(table.back, secondary), primary)
}

/** Names of the secondary's columns that do not hold what they should; all where the primary's row can't be converted. */
export function differingColumns(table: DirectedTable, expected: Row | null, secondary: Row): string[] {
  const columns = table.to.columns.slice(0, table.telling.to)
  return columns
    .filter((_, index) => expected === null || !sameText(table.to, index, expected[index], secondary[index]))
    .map(({ name }) => name)
}

/** Null when the row can't be held by the other side: a function of the user's throws, or a value does not fit. */
export function converted(convert: (row: Row) => Row, row: Row): Row | null {
  try {
    return convert(row)
  } catch {
    return null
  }
}

function same(side: SideTable, columns: number, expected: Row | null, row: Row): boolean {
  if (expected === null) return false
  for (let index = 0; index < columns; index++) {
    if (!sameText(side, index, expected[index], row[index])) return false
  }
  return true
}

type Text = string | null | undefined

function sameText(side: SideTable, index: number, left: Text, right: Text): boolean {
  const [a, b] = [left ?? null, right ?? null]
  if (a === b) return true
  if (a === null || b === null) return false
  switch (side.columns[index]!.kind) {
    case 'json':
      return withPlainNumbers(a) === withPlainNumbers(b)
    case 'float32':
    case 'float64':
      // MariaDB and SQLite have no sign of a zero.
      return zero.test(a) && zero.test(b)
    default:
      return false
  }
}

const zero = /^-?0$/

const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/** Databases write one JSON number in several ways: 1e2, 100, 100.0. */
function withPlainNumbers(json: string): string {
  return json.replace(stringOrNumber, (token) => (token.startsWith('"') ? token : plainNumber(token)))
}

/** Digits without zeros at either end, and the power of ten that they are multiplied by. */
function plainNumber(text: string): string {
  const [, sign, whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text)!
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const kept = digits.replace(/0+$/, '')
  if (kept === '') return '0'
  return `${sign}${kept}e${Number(exponent) - fraction.length + digits.length - kept.length}`
}

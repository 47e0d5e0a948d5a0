// Cells and conditions of programs as Prisma takes them: numbers are numbers there, and a row is named by one of its keys.

import { operators } from '../../conformance/prisma/prisma-subject.ts'
import type { Cell, Row, Where } from '../program.ts'

const uniques: Readonly<Record<string, readonly (readonly string[])[]>> = {
  items: [['id'], ['code']],
  slots: [['tenant', 'sku']],
  words: [['word']],
  owners: [['id'], ['name']],
  pets: [['id']],
  logs: [['id']],
}

export const keyOf = (table: string): readonly string[] => uniques[table]![0]!

const texts: ReadonlySet<string> = new Set(['code', 'name', 'sku', 'note', 'word', 'price'])

/** What is no number is left for Prisma to refuse. */
function given(table: string, column: string, cell: Cell): unknown {
  if (cell === null || texts.has(column)) return cell
  const number = Math.trunc(Number(cell))
  if (Number.isNaN(number)) return cell
  return table === 'items' && column === 'id' ? BigInt(number) : number
}

export function dataOf(table: string, row: Row): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, given(table, name, cell)]))
}

export function whereOf(table: string, conditions: Where): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(conditions).map(([name, condition]): [string, unknown] => {
      if (!Array.isArray(condition)) return [name, given(table, name, condition as Cell)]
      const [operator, value] = condition as [keyof typeof operators, Cell | readonly Cell[]]
      const compared = Array.isArray(value)
        ? value.map((one: Cell) => given(table, name, one))
        : given(table, name, value as Cell)
      return [name, { [operators[operator]]: compared }]
    }),
  )
}

/** The condition by which Prisma finds one row; null where no key is given in full. */
export function uniqueWhere(table: string, conditions: Where): object | null {
  const key = uniques[table]!.find((columns) =>
    columns.every((column) => conditions[column] != null && !Array.isArray(conditions[column])),
  )
  if (key === undefined) return null
  const where = whereOf(table, conditions)
  if (key.length === 1) return where
  const named = Object.fromEntries(key.map((column) => [column, where[column]]))
  const others = Object.entries(where).filter(([column]) => !key.includes(column))
  return { ...Object.fromEntries(others), [key.join('_')]: named }
}

export const inKeyOrder = (table: string): object[] => keyOf(table).map((column) => ({ [column]: 'asc' }))

export function selecting(columns: readonly string[] | undefined): object {
  if (columns === undefined || columns.includes('*')) return {}
  return { select: Object.fromEntries(columns.map((column) => [column, true])) }
}

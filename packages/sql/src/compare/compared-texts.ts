// Which text of each column is compared with that of its counterpart: the cheapest of those that are equal only where the values are.

import type { Column, ColumnKind, DirectedTable, SideTable } from '@twinwrite/core'
import type { StoreContext } from '../store/context.ts'

/** SQL of one side (alias `t`): canonical texts of the key, and what tells of the rest of the row. */
export interface ComparedTexts {
  readonly key: readonly string[]
  readonly rest: readonly string[]
}

type Pair = readonly [Column, Column]
type Both<T> = readonly [T, T]

/** @returns for both sides; null where the texts of a column say too little */
export function comparedTexts(
  left: StoreContext,
  right: StoreContext,
  table: DirectedTable,
): Both<ComparedTexts> | null {
  const pairs = pairsOf(table)
  const keys = new Set(table.from.key.map(({ name }) => name))
  const texts = pairs?.filter(([{ name }]) => !keys.has(name)).map((pair) => textsOf(left, right, pair))
  if (pairs === null || texts === undefined || texts.includes(null)) return null
  const rest = texts as Both<string>[]
  return [
    { key: keyTexts(left, table.from, table.to), rest: rest.map(([text]) => text) },
    { key: keyTexts(right, table.to, table.from), rest: rest.map(([, text]) => text) },
  ]
}

/** Digests of whole rows, each of 64 bits; null where the two databases don't make the same ones. */
export function comparedDigests(
  left: StoreContext,
  right: StoreContext,
  table: DirectedTable,
): Both<ComparedTexts> | null {
  const { digest } = left.engine
  const pairs = pairsOf(table)
  if (digest === null || digest !== right.engine.digest || pairs === null) return null
  const parts = pairs.map(([column, other]) => [digest.part(column, other), digest.part(other, column)])
  if (parts.some((both) => both.includes(null))) return null
  const row = (side: 0 | 1): string[] => [digest.row(parts.map((both) => both[side]!))]
  return [
    { key: keyTexts(left, table.from, table.to), rest: row(0) },
    { key: keyTexts(right, table.to, table.from), rest: row(1) },
  ]
}

function pairsOf({ from, to, telling, comparesTexts }: DirectedTable): Pair[] | null {
  if (!comparesTexts || telling.from !== telling.to) return null
  const pairs = from.columns.slice(0, telling.from).map((column, index): Pair => [column, to.columns[index]!])
  return pairs.every(([column, other]) => column.kind === other.kind || areAlike(column, other))
    ? pairs
    : null
}

/** Kinds whose canonical texts come whole from every server, and are compared as they are. */
const alike: readonly (readonly ColumnKind[])[] = [
  ['integer', 'decimal'],
  ['integer', 'text', 'enum', 'uuid', 'date'],
]

function areAlike(column: Column, other: Column): boolean {
  return alike.some((kinds) => kinds.includes(column.kind) && kinds.includes(other.kind))
}

/** Kinds of which a server writes the canonical text anyway. */
const plain: ReadonlySet<ColumnKind> = new Set<ColumnKind>(['integer', 'text', 'uuid'])

function keyTexts(context: StoreContext, { key }: SideTable, { key: others }: SideTable): string[] {
  const { engine } = context
  return key.map((column, index) => {
    const other = others[index]!
    const text = plain.has(column.kind) ? commonText(context, column, other) : null
    return text ?? engine.values.canonical(column, `t.${engine.quote(column.name)}`)
  })
}

/** In the words of the one engine where both are of its family, else in those that all write alike. */
function textsOf(left: StoreContext, right: StoreContext, [column, other]: Pair): Both<string> | null {
  const own = [ownText(left, column, other), ownText(right, other, column)]
  const inOne = left.engine.lines!.family === right.engine.lines!.family && column.kind === other.kind
  const [a, b] =
    inOne && column.scale === other.scale && !own.includes(null)
      ? own
      : [commonText(left, column, other), commonText(right, other, column)]
  return a == null || b == null ? null : [a, b]
}

function ownText({ engine }: StoreContext, column: Column, other: Column): string | null {
  return engine.lines!.given(column, other, 'own')
}

function commonText({ engine }: StoreContext, column: Column, other: Column): string | null {
  const expression = `t.${engine.quote(column.name)}`
  return column.kind === other.kind
    ? engine.values.comparable(column, expression, other)
    : engine.values.canonical(column, expression)
}

// The assignments of UPDATE .. SET, INSERT .. SET, DO UPDATE SET and ON DUPLICATE KEY UPDATE.

import type { Cursor } from './cursor.ts'
import { expression } from './expression.ts'
import { kw } from './keyword.ts'
import { eachItem } from './list.ts'
import type { Assignment, Expr } from './statement.ts'
import { mark } from './token.ts'

/** The assignments of tokens [from, to); at least one. */
export function assignments(
  cursor: Cursor,
  from: number,
  to: number,
  rowAlias: string | null = null,
): Assignment[] {
  if (from >= to) cursor.refuse()
  const found: Assignment[] = []
  eachItem(cursor, from, to, (first, last) => {
    if (cursor.tokens.code[first] === mark.open) tuple(cursor, first, last, found)
    else found.push(plain(cursor, first, last, rowAlias))
  })
  return found
}

/** `[[schema.]table.]column [subscripts] = value`; MySQL takes `:=` too. */
function plain(cursor: Cursor, from: number, to: number, rowAlias: string | null): Assignment {
  const { tokens, grammar } = cursor
  const names: string[] = []
  let at = from
  for (;;) {
    if (at >= to || !cursor.isName(at)) cursor.refuse()
    names.push(cursor.nameAt(at++))
    if (tokens.code[at] !== mark.dot) break
    at++
  }
  let subscripted = false
  while (tokens.code[at] === mark.bracket) {
    subscripted = true
    at = cursor.after(at)
    // A field of a composite behind a subscript.
    while (at + 1 < to && tokens.code[at] === mark.dot) at += 2
  }
  if (grammar.multiTable && tokens.code[at] === mark.colon) at++
  if (at + 1 >= to || tokens.code[at] !== mark.equals) cursor.refuse()
  // PostgreSQL's dotted targets are fields of a composite column, elsewhere the table goes first.
  const field = grammar.inheritance && names.length > 1
  const value: Expr =
    subscripted || field
      ? { type: 'other', range: cursor.range(at + 1, to) }
      : expression(cursor, at + 1, to, rowAlias)
  const column = (grammar.inheritance ? names[0] : names.at(-1)) as string
  const qualifier = field ? null : (names.at(-2) ?? null)
  return { column, qualifier, range: cursor.range(from, to), value }
}

/** `(a, b) = (1, 2)`, `= ROW(1, 2)` or `= (SELECT ..)` */
function tuple(cursor: Cursor, from: number, to: number, found: Assignment[]): void {
  const { tokens } = cursor
  const close = cursor.after(from) - 1
  const columns: string[] = []
  eachItem(cursor, from + 1, close, (first) => {
    if (!cursor.isName(first)) cursor.refuse()
    columns.push(cursor.nameAt(first))
  })
  const equals = close + 1
  if (equals + 1 >= to || tokens.code[equals] !== mark.equals || columns.length === 0) cursor.refuse()
  const range = cursor.range(from, to)
  const values = tupleValues(cursor, equals + 1, to)
  const whole: Expr = { type: 'other', range: cursor.range(equals + 1, to) }
  columns.forEach((column, index) => {
    const value = values !== null && values.length === columns.length ? (values[index] as Expr) : whole
    found.push({ column, qualifier: null, range, value })
  })
}

function tupleValues(cursor: Cursor, from: number, to: number): Expr[] | null {
  const { tokens } = cursor
  const open = tokens.code[from] === kw.ROW ? from + 1 : from
  if (tokens.code[open] !== mark.open || tokens.match[open] !== to - 1) return null
  const first = tokens.code[open + 1]
  if (first === kw.SELECT || first === kw.WITH || first === kw.VALUES || first === kw.TABLE) return null
  const values: Expr[] = []
  eachItem(cursor, open + 1, to - 1, (itemFrom, itemTo) => values.push(expression(cursor, itemFrom, itemTo)))
  return values
}

// A WHERE condition read as a conjunction: which columns does it pin to given values?
// Anything that isn't exactly `column = value` or `column IN (values)` counts as "the rest".

import type { Cursor } from './cursor.ts'
import { expression, isFunctionWord } from './expression.ts'
import { codeSet, kw } from './keyword.ts'
import { eachItem } from './list.ts'
import type { DeleteScan, Expr, KeyMatch, Pin, Predicate, UpdateScan } from './statement.ts'
import { mark, tk } from './token.ts'

/** The condition of tokens [from, to). */
export function predicate(cursor: Cursor, from: number, to: number): Predicate {
  const pins: Pin[] = []
  let rest = false
  // A stack instead of recursion: depth of parentheses is the sender's choice.
  const spans: number[] = [to, from]
  while (spans.length > 0) {
    let first = spans.pop() as number
    let last = spans.pop() as number
    while (cursor.tokens.code[first] === mark.open && cursor.tokens.match[first] === last - 1) {
      first++
      last--
    }
    const cuts = conjuncts(cursor, first, last)
    if (cuts === null) rest = true
    else if (cuts.length > 0) {
      let end = last
      for (const cut of cuts.toReversed()) {
        spans.push(end, cut + 1)
        end = cut
      }
      spans.push(end, first)
    } else {
      const found = pin(cursor, first, last)
      if (found !== null) pins.push(found)
      else if (!alwaysTrue(cursor, first, last)) rest = true
    }
  }
  return { pins, rest }
}

/** Indices of the ANDs that join the conjuncts of [from, to); null where it is no conjunction. */
function conjuncts(cursor: Cursor, from: number, to: number): number[] | null {
  const { code } = cursor.tokens
  const cuts: number[] = []
  let betweens = 0
  let cases = 0
  for (let index = from; index < to; index = cursor.after(index)) {
    if (index > from && code[index - 1] === mark.dot) continue
    switch (code[index]) {
      case kw.CASE:
        cases++
        break
      case kw.END:
        cases--
        break
      case kw.BETWEEN:
        if (cases === 0) betweens++
        break
      case kw.AND:
        if (cases !== 0) break
        if (betweens > 0) betweens--
        else cuts.push(index)
        break
      case kw.OR:
      case kw.XOR:
        if (cases === 0) return null
        break
      case mark.pipe:
      case mark.ampersand:
        if (cursor.grammar.logicalMarks && code[index + 1] === code[index]) return null
        break
      case mark.colon:
        if (code[index + 1] === mark.equals) return null
        break
    }
  }
  return cases === 0 && betweens === 0 ? cuts : null
}

const queryWords = codeSet(kw.SELECT, kw.WITH, kw.VALUES, kw.TABLE)

function pin(cursor: Cursor, from: number, to: number): Pin | null {
  const { tokens } = cursor
  const names: string[] = []
  let at = from
  for (;;) {
    const kind = tokens.kind[at]
    if (at >= to || (kind !== tk.word && kind !== tk.name) || names.length === 4) return null
    names.push(cursor.nameAt(at++))
    if (tokens.code[at] !== mark.dot) break
    at++
  }
  if (names.length === 1 && isFunctionWord(cursor, from)) return null
  const values = at < to ? pinned(cursor, at, to) : null
  if (values === null) return null
  return {
    schema: names.at(-3) ?? null,
    qualifier: names.at(-2) ?? null,
    column: names.at(-1) as string,
    values,
  }
}

/** The values of `= value` or `IN (values)` at tokens [at, to). */
function pinned(cursor: Cursor, at: number, to: number): Expr[] | null {
  const { code, match } = cursor.tokens
  if (code[at] === mark.equals && at + 1 < to) {
    const value = expression(cursor, at + 1, to)
    return isGiven(value) ? [value] : null
  }
  const open = at + 1
  if (code[at] !== kw.IN || code[open] !== mark.open || match[open] !== to - 1) return null
  if (queryWords[code[open + 1] as number] === 1) return null
  const values: Expr[] = []
  eachItem(cursor, open + 1, to - 1, (first, last) => values.push(expression(cursor, first, last)))
  return values.every(isGiven) ? values : null
}

function isGiven(value: Expr): boolean {
  return value.type === 'placeholder' || value.type === 'literal'
}

/** `1=1` and TRUE. */
function alwaysTrue(cursor: Cursor, from: number, to: number): boolean {
  const { tokens } = cursor
  if (to === from + 1) return tokens.code[from] === kw.TRUE
  if (to !== from + 3 || tokens.code[from + 1] !== mark.equals) return false
  const numbers = tokens.kind[from] === tk.number && tokens.kind[from + 2] === tk.number
  return numbers && tokens.text(from) === tokens.text(from + 2)
}

/**
 * How the statement's WHERE pins the whole key `keyColumns`, or null when it doesn't: no WHERE, OR, NOT,
 * functions, subqueries, a key column that is not compared with given values, several tables.
 */
export function keyPredicate(scan: UpdateScan | DeleteScan, keyColumns: readonly string[]): KeyMatch | null {
  const { predicate: condition } = scan
  if (condition === null || scan.multiTable || keyColumns.length === 0) return null
  const used = new Set<Pin>()
  const values: (readonly Expr[])[] = []
  for (const column of keyColumns) {
    const found = condition.pins.find((candidate) => pinsColumn(scan, candidate, column))
    if (found === undefined) return null
    used.add(found)
    values.push(found.values)
  }
  const whole = scan.limit === null && !scan.modifiers.includes('partition')
  const alone = whole && !condition.rest && used.size === condition.pins.length
  const joined = scan.kind === 'update' ? scan.from : scan.using
  return { values, exact: alone && joined === null }
}

function pinsColumn(scan: UpdateScan | DeleteScan, candidate: Pin, column: string): boolean {
  const exactCase = scan.dialect === 'postgres'
  const same = (a: string, b: string) => a === b || (!exactCase && a.toLowerCase() === b.toLowerCase())
  if (!same(candidate.column, column)) return false
  if (candidate.qualifier === null) return true
  if (scan.alias !== null) return candidate.schema === null && same(candidate.qualifier, scan.alias)
  if (!same(candidate.qualifier, scan.table.name)) return false
  return candidate.schema === null || scan.table.schema === null || same(candidate.schema, scan.table.schema)
}

// A value expression as far as capture needs it: bound value, literal, column, or something else.

import type { Cursor } from './cursor.ts'
import { kw } from './keyword.ts'
import { decodeString } from './literal.ts'
import type { Expr, LiteralType, Range } from './statement.ts'
import { mark, tk } from './token.ts'

/** Unquoted words that look like columns and are not. */
const functionWords = new Set(
  `current_catalog current_date current_role current_schema current_time current_timestamp current_user
  localtime localtimestamp session_user system_user user utc_date utc_time utc_timestamp`.split(/\s+/),
)

/** The expression of tokens [from, to). `rowAlias`: MySQL's name of the proposed row. */
export function expression(cursor: Cursor, from: number, to: number, rowAlias: string | null = null): Expr {
  const range = cursor.range(from, to)
  const { tokens } = cursor
  while (tokens.code[from] === mark.open && tokens.match[from] === to - 1) {
    from++
    to--
  }
  if (to === from + 1) return single(cursor, from, range, null)
  if (to <= from) return { type: 'other', range }
  if (to === from + 2 && tokens.kind[from + 1] === tk.number) {
    const sign = tokens.code[from]
    if (sign === mark.minus || sign === mark.plus)
      return number(cursor.tokens.text(from + 1), sign === mark.minus, range)
  }
  if (cursor.grammar.casts && tokens.code[from + 1] === mark.colon) {
    const cast = castText(cursor, from + 1, to)
    if (cast !== null) return single(cursor, from, range, cast)
  }
  return (
    inserted(cursor, from, to, range, rowAlias) ?? column(cursor, from, to, range) ?? { type: 'other', range }
  )
}

function single(cursor: Cursor, at: number, range: Range, cast: string | null): Expr {
  const { tokens } = cursor
  switch (tokens.kind[at]) {
    case tk.placeholder:
      return { type: 'placeholder', range, param: tokens.aux[at] as number, cast }
    case tk.number: {
      const literal = number(tokens.text(at), false, range)
      return literal.type === 'literal' ? { ...literal, cast } : literal
    }
    case tk.string: {
      const value = decodeString(tokens.text(at), tokens.aux[at] as number, cursor.grammar.casts)
      return value === null
        ? { type: 'other', range }
        : { type: 'literal', range, literal: 'string', value, cast }
    }
    case tk.word:
      return word(cursor, at, range, cast)
    case tk.name:
      return cast === null
        ? { type: 'column', range, qualifier: null, name: cursor.nameAt(at) }
        : { type: 'other', range }
  }
  return { type: 'other', range }
}

function word(cursor: Cursor, at: number, range: Range, cast: string | null): Expr {
  const literal = (type: LiteralType, value: string | null): Expr => ({
    type: 'literal',
    range,
    literal: type,
    value,
    cast,
  })
  switch (cursor.tokens.code[at]) {
    case kw.NULL:
      return literal('null', null)
    case kw.TRUE:
      return literal('boolean', 'true')
    case kw.FALSE:
      return literal('boolean', 'false')
    case kw.DEFAULT:
      return cast === null ? { type: 'default', range } : { type: 'other', range }
  }
  if (cast !== null || isFunctionWord(cursor, at)) return { type: 'other', range }
  return { type: 'column', range, qualifier: null, name: cursor.nameAt(at) }
}

/** Whether the token is an unquoted word such as CURRENT_USER, which is no column. */
export function isFunctionWord(cursor: Cursor, at: number): boolean {
  return cursor.tokens.kind[at] === tk.word && functionWords.has(cursor.tokens.text(at).toLowerCase())
}

function number(text: string, negative: boolean, range: Range): Expr {
  if (!/^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return { type: 'other', range }
  return { type: 'literal', range, literal: 'number', value: negative ? `-${text}` : text, cast: null }
}

const manyWordTypes =
  /^(?:double\s+precision|(?:character|bit)\s+varying|time(?:stamp)?(?:\s*\(\s*\d+\s*\))?\s+with(?:out)?\s+time\s+zone)$/i

/** Type text of `::type` at tokens [from, to), or null when they are more than one cast. */
function castText(cursor: Cursor, from: number, to: number): string | null {
  const { tokens } = cursor
  if (tokens.code[from + 1] !== mark.colon || tokens.start[from + 1] !== tokens.end[from]) return null
  const first = from + 2
  if (first >= to) return null
  const { start, end } = cursor.range(first, to)
  const text = tokens.sql.slice(start, end)
  let at = first
  if (!cursor.isName(at)) return null
  at++
  while (at + 1 < to && tokens.code[at] === mark.dot && cursor.isName(at + 1)) at += 2
  if (at < to && tokens.code[at] === mark.open) at = cursor.after(at)
  while (at < to && tokens.code[at] === mark.bracket) at = cursor.after(at)
  return at === to || manyWordTypes.test(text) ? text : null
}

/** `excluded.a`, `VALUES(a)`, `VALUE(a)` or `new.a` of the row alias. */
function inserted(
  cursor: Cursor,
  from: number,
  to: number,
  range: Range,
  rowAlias: string | null,
): Expr | null {
  const { tokens, grammar } = cursor
  if (to === from + 3 && tokens.code[from + 1] === mark.dot && cursor.isName(from + 2)) {
    const qualifier = cursor.nameAt(from)
    const proposed = grammar.onConflict ? 'excluded' : rowAlias
    const known =
      proposed !== null &&
      (qualifier === proposed ||
        (grammar.foldsNames ? false : qualifier.toLowerCase() === proposed.toLowerCase()))
    return known ? { type: 'inserted', range, name: cursor.nameAt(from + 2) } : null
  }
  const values = tokens.code[from] === kw.VALUES || tokens.code[from] === kw.VALUE
  if (
    !grammar.onDuplicate ||
    !values ||
    tokens.code[from + 1] !== mark.open ||
    tokens.match[from + 1] !== to - 1
  )
    return null
  const last = to - 2
  const plain =
    last >= from + 2 && cursor.isName(last) && (last === from + 2 || tokens.code[last - 1] === mark.dot)
  return plain ? { type: 'inserted', range, name: cursor.nameAt(last) } : null
}

/** `[[schema.]table.]column` */
function column(cursor: Cursor, from: number, to: number, range: Range): Expr | null {
  const { tokens } = cursor
  if ((to - from) % 2 === 0 || to - from > 7) return null
  for (let at = from; at < to; at++) {
    const name = (at - from) % 2 === 0
    if (name ? !cursor.isName(at) || tokens.kind[at] === tk.string : tokens.code[at] !== mark.dot) return null
  }
  return { type: 'column', range, qualifier: cursor.nameAt(to - 3), name: cursor.nameAt(to - 1) }
}

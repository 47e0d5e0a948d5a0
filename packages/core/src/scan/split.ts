// Where one statement of a script ends.

import { codeSet, kw } from './keyword.ts'
import { lex } from './lexer.ts'
import type { Range, ScanDialect } from './statement.ts'
import { mark, tk, Tokens } from './token.ts'

const objects = codeSet(kw.TABLE, kw.VIEW, kw.INDEX, kw.DATABASE, kw.SCHEMA, kw.USER, kw.ROLE)
const routines = codeSet(kw.TRIGGER, kw.PROCEDURE, kw.FUNCTION, kw.EVENT, kw.PACKAGE)
const blockEnds = codeSet(kw.IF, kw.LOOP, kw.REPEAT, kw.WHILE)

/**
 * Index of the semicolon that ends the statement starting at token `from`, or the number of tokens.
 * Semicolons inside the BEGIN .. END block of a routine or trigger don't end it; a routine whose body is
 * a bare IF or LOOP without BEGIN ends too early.
 */
export function statementEnd(tokens: Tokens, from: number): number {
  const { code, count, match } = tokens
  const blocks = isRoutine(tokens, from)
  let depth = 0
  for (let at = from; at < count; at++) {
    switch (code[at]) {
      case mark.open:
      case mark.bracket:
        if ((match[at] as number) > at) at = match[at] as number
        break
      case mark.semicolon:
        if (depth <= 0) return at
        break
      case kw.BEGIN:
        if (blocks) depth++
        break
      case kw.CASE:
        if (blocks && code[at - 1] !== kw.END) depth++
        break
      case kw.END:
        if (blocks && blockEnds[code[at + 1] as number] !== 1) depth--
        break
    }
  }
  return count
}

/** CREATE [OR REPLACE] .. TRIGGER, PROCEDURE, FUNCTION, EVENT, PACKAGE */
function isRoutine(tokens: Tokens, from: number): boolean {
  const { code, kind } = tokens
  if (code[from] !== kw.CREATE && code[from] !== kw.ALTER) return false
  for (let at = from + 1; at < from + 16 && at < tokens.count; at++) {
    if (kind[at] !== tk.word) continue
    if (routines[code[at] as number] === 1) return true
    if (objects[code[at] as number] === 1) return false
  }
  return false
}

/**
 * The statements of a script, without their semicolons, comments around them and empty ones. A text that
 * can't be lexed to its end (an open quote) keeps its last, broken piece as one statement.
 */
export function splitStatements(sql: string, dialect: ScanDialect): Range[] {
  const tokens = new Tokens()
  const fault = lex(sql, dialect, tokens)
  const ranges: Range[] = []
  let from = 0
  while (from < tokens.count) {
    const end = statementEnd(tokens, from)
    if (end === tokens.count && fault !== null) break
    if (end > from) ranges.push({ start: tokens.start[from] as number, end: tokens.end[end - 1] as number })
    from = end + 1
  }
  if (fault === null) return ranges
  const broken = from < tokens.count ? (tokens.start[from] as number) : (tokens.end[tokens.count - 1] ?? 0)
  const blanks = sql.slice(broken).search(/\S|$/)
  return [...ranges, { start: broken + blanks, end: sql.length }]
}

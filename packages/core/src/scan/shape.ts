// A statement without its values, for people: what may be shown of a text that may hold anything.

import { lex } from './lexer.ts'
import type { ScanDialect } from './statement.ts'
import { mark, tk, Tokens } from './token.ts'

const own = new Tokens()

/** Tokens that stand close to what is before them, and to what is behind. */
const closeBefore: ReadonlySet<number> = new Set([mark.comma, mark.close, mark.dot, mark.semicolon])
const closeBehind: ReadonlySet<number> = new Set([mark.open, mark.dot])

/** Literals and parameters as `?`, lists of them as `?, ...`; of a text that can't be read to its end, what stands before. */
export function statementShape(sql: string, dialect: ScanDialect): string {
  const fault = lex(sql, dialect, own)
  let shape = ''
  let listed = false
  for (let at = 0; at < own.count; at++) {
    const [kind, code] = [own.kind[at], own.code[at]!]
    const value = kind === tk.string || kind === tk.other || kind === tk.number || kind === tk.placeholder
    // Of a list the first value is shown, and that there are more.
    if (code === mark.comma && shape.endsWith('?') && isValue(at + 1)) {
      listed = true
      continue
    }
    if (value && listed && shape.endsWith('?')) continue
    if (listed) shape += ', ...'
    listed = false
    const glue = shape === '' || closeBefore.has(code) || closeBehind.has(own.code[at - 1] ?? 0) ? '' : ' '
    shape += glue + (value ? '?' : own.text(at))
  }
  if (listed) shape += ', ...'
  return fault === null ? shape : `${shape} ...`
}

function isValue(at: number): boolean {
  const kind = own.kind[at]
  return kind === tk.string || kind === tk.other || kind === tk.number || kind === tk.placeholder
}

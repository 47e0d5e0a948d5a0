// The value of a string literal, where it can be known for certain.

import { stringStyle } from './token.ts'

const mysqlEscapes: Record<string, string> = {
  0: '\0',
  b: '\b',
  n: '\n',
  r: '\r',
  t: '\t',
  Z: '\u001a',
  '%': '\\%',
  _: '\\_',
}
const postgresEscapes: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

/**
 * The value that the literal `text` stands for, or null when that depends on more than the text (numeric
 * escapes of PostgreSQL). `postgres`: E'' escapes instead of MySQL's.
 */
export function decodeString(text: string, style: number, postgres: boolean): string | null {
  if (style === stringStyle.dollar) {
    const tag = text.indexOf('$', 1) + 1
    return text.slice(tag, -tag)
  }
  const open = postgres && style === stringStyle.backslash ? 1 : 0
  const quote = text.charAt(open)
  const inner = text.slice(open + 1, -1)
  if (style === stringStyle.plain || !inner.includes('\\')) {
    return inner.includes(quote) ? inner.replaceAll(quote + quote, quote) : inner
  }
  if (postgres && /\\[0-7xuU]/.test(inner.replaceAll('\\\\', ''))) return null
  const escapes = postgres ? postgresEscapes : mysqlEscapes
  return inner.replace(/\\([\s\S])|''|""/g, (pair: string, escaped: string | undefined) => {
    if (escaped !== undefined) return escapes[escaped] ?? escaped
    return pair.charAt(0) === quote ? quote : pair
  })
}

// SQL literals of the engines, written apart from twinwrite's own.

import type { Engine } from '@twinwrite/testkit'

export function textLiteral(engine: Engine, text: string): string {
  if (engine === 'sqlite' && text.includes('\u0000'))
    return `CAST(x'${Buffer.from(text, 'utf8').toString('hex')}' AS TEXT)`
  const quoted = text.replaceAll("'", "''")
  if (engine === 'postgres' || engine === 'sqlite') return `'${quoted}'`
  return `'${quoted.replaceAll('\\', '\\\\').replaceAll('\u0000', '\\0')}'`
}

/** @param hex of the bytes */
export function bytesLiteral(engine: Engine, hex: string): string {
  return engine === 'postgres' ? `'\\x${hex}'` : `x'${hex}'`
}

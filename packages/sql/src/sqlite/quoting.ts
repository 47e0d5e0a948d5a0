// SQLite: identifiers and literals. Upholds W14.

import type { TableRef } from '@twinwrite/core'

export function quote(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`
}

export function tableName(ref: TableRef): string {
  return ref.schema === null ? quote(ref.name) : `${quote(ref.schema)}.${quote(ref.name)}`
}

/** A NUL would end the text. */
export function literal(text: string): string {
  if (text.includes('\u0000')) return `CAST(x'${Buffer.from(text, 'utf8').toString('hex')}' AS TEXT)`
  return `'${text.replaceAll("'", "''")}'`
}

export function integer(number: number): string {
  if (!Number.isSafeInteger(number)) throw new TypeError(`${number} is no integer`)
  return String(number)
}

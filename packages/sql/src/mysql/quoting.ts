// MySQL and MariaDB: identifiers and literals. Upholds W14.

import type { TableRef } from '@twinwrite/core'

/** Backticks quote whatever `sql_mode` says. */
export function quote(identifier: string): string {
  return `\`${identifier.replaceAll('`', '``')}\``
}

export function tableName(ref: TableRef): string {
  return ref.schema === null ? quote(ref.name) : `${quote(ref.schema)}.${quote(ref.name)}`
}

/** A text as hexadecimal, so that no quotes, `sql_mode` or character set of the connection play a part. */
export function literal(text: string): string {
  if (/^[\w .:*-]*$/.test(text)) return `'${text}'`
  return `CONVERT(x'${hex(text)}' USING utf8mb4)`
}

export function hex(text: string): string {
  return Buffer.from(text, 'utf8').toString('hex')
}

export function integer(number: number): string {
  if (!Number.isSafeInteger(number)) throw new TypeError(`${number} is no integer`)
  return String(number)
}

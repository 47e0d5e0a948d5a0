// PostgreSQL: identifiers and literals. Upholds W14.

import type { TableRef } from '@twinwrite/core'

export function quote(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`
}

export function tableName(ref: TableRef): string {
  return ref.schema === null ? quote(ref.name) : `${quote(ref.schema)}.${quote(ref.name)}`
}

/** A text as hexadecimal, so that neither quotes nor any setting of the session play a part. */
export function literal(text: string): string {
  if (/^[\w .:*-]*$/.test(text)) return `'${text}'`
  return `convert_from(decode('${Buffer.from(text, 'utf8').toString('hex')}', 'hex'), 'UTF8')`
}

/** An integer of ours as SQL text. */
export function integer(number: number): string {
  if (!Number.isSafeInteger(number)) throw new TypeError(`${number} is no integer`)
  return String(number)
}

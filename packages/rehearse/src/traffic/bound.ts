// Canonical texts as an application would give the same values to its ORM.

import type { ColumnKind } from '@twinwrite/core'

export type Bound = string | boolean | Date | Buffer | null

export function bound(kind: ColumnKind, text: string | null): Bound {
  if (text === null) return null
  if (kind === 'boolean') return text === 'true'
  if (kind === 'bytes') return Buffer.from(text, 'hex')
  if (kind !== 'instant') return text
  const moment = new Date(Number(text) / 1000)
  return Number.isNaN(moment.getTime()) ? null : moment
}

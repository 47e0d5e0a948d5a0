// Why a row was not taken, in words that a report may show: what a server says holds values of the row.

import { type ApplyRejected, StoreError } from '@twinwrite/core'
import type { Mask } from './mismatch/mask.ts'

const kinds: Readonly<Record<string, string>> = {
  unique: 'another row holds a value of it',
  'foreign-key': 'its parent is missing, or a child stands in the way',
}

/** @param secondary that was to be written */
export function refusalText({ rows, message, cause }: ApplyRejected, mask: Mask, secondary: string): string {
  // Rows of other tables may have been taken in.
  if (!rows.some(({ table }) => mask.hides(table)) || !(cause instanceof StoreError)) return message
  const { reason, side } = cause
  const otherwise =
    side === secondary ? `the ${side} does not accept a value of it` : `the ${side} can't read it`
  return `${reason}: ${kinds[reason] ?? otherwise} (not shown: columns are masked)`
}

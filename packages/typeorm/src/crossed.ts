// What cannot be done on the side that is primary now.

import { type ErrorDetails, TwinwriteError } from '@twinwrite/core'

export function crossed(message: string, details: ErrorDetails = {}): TwinwriteError {
  return new TwinwriteError('TW_DIALECT_CROSSED', message, details)
}

/** A table of the source, used together with mapped ones while the target is primary. */
export function notMapped(table: string, where: string): TwinwriteError {
  return crossed(`table "${table}" is not mapped and stays on the source, so it can't be used ${where}`, {
    table,
    hint: 'Map the table too, or use it in a statement or transaction of its own.',
  })
}

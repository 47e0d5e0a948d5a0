// The one way in which capture says no: before the app's statement has run, naming table and construct (W10).

import { TwinwriteError } from '../errors.ts'

/**
 * @param table name of the mapping
 * @param construct what in the statement can't be captured, as the message's subject
 * @param hint how to write it instead; left out: the remedy of the code
 */
export function refusal(table: string, construct: string, hint?: string): TwinwriteError {
  return new TwinwriteError(
    'TW_CAPTURE_REFUSED',
    `${construct} on "${table}": its keys can't be found exactly`,
    {
      table,
      hint,
    },
  )
}

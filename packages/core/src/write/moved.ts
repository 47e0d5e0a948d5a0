// The one refusal that is not the app's business: the side moved before anything was written.

import { TwinwriteError } from '../errors.ts'

/** Refusals of one call, after which something other than a switch must be wrong. */
export const mostMoves = 10

export function isMoved(error: unknown): error is TwinwriteError {
  if (!(error instanceof TwinwriteError) || error.code !== 'TW_STAGE_MOVED') return false
  return error.primary === 'untouched' || error.primary === 'rolled-back'
}

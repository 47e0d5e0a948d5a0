// The one refusal that is not the app's business: the side moved before anything was written.

import { TwinwriteError } from '../errors.ts'

export function isMoved(error: unknown): error is TwinwriteError {
  if (!(error instanceof TwinwriteError) || error.code !== 'TW_STAGE_MOVED') return false
  return error.primary === 'untouched' || error.primary === 'rolled-back'
}

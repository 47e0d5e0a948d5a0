// Errors of the sources. Their messages may be shown: what a client says is told by its reason, never with the address or settings
// that it was given.

import { TwinwriteError } from '@twinwrite/core'

export function sourceFailure(message: string, cause?: unknown): TwinwriteError {
  return new TwinwriteError('TW_STAGE_SOURCE', message, { cause })
}

/** Innermost reason of an error, without a trace. */
export function reasonOf(error: unknown): string {
  if (error instanceof TwinwriteError) return error.what
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0])
  if (!(error instanceof Error)) return String(error)
  if (error.cause instanceof Error) return reasonOf(error.cause)
  return error.message === '' ? error.name : error.message
}

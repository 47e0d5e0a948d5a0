// Turns what a store could not do into the coded error that an operator understands.

import { type ErrorCode, TwinwriteError } from '../errors.ts'
import { StoreError, type StoreReason } from '../store.ts'

const codes: Partial<Record<StoreReason, ErrorCode>> = {
  lost: 'TW_UNREACHABLE',
  transient: 'TW_UNREACHABLE',
  missing: 'TW_NOT_INSTALLED',
  version: 'TW_INSTALL_VERSION',
  denied: 'TW_INSTALL_DENIED',
}

export async function coded<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw codedError(error)
  }
}

/** Whatever was thrown, coded where a store could not do what it was asked. */
export function codedError(error: unknown): unknown {
  const code = error instanceof StoreError ? codes[error.reason] : undefined
  if (code === undefined) return error
  const { side, message } = error as StoreError
  return new TwinwriteError(code, `the ${side}: ${message}`, { cause: error })
}

/** The value, or `otherwise` when the side does not answer. */
export async function orElse<T>(value: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await value
  } catch (error) {
    if (error instanceof StoreError) return otherwise
    throw error
  }
}

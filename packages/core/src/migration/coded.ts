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
    const code = error instanceof StoreError ? codes[error.reason] : undefined
    if (code === undefined) throw error
    const { side, message } = error as StoreError
    throw new TwinwriteError(code, `the ${side}: ${message}`, { cause: error })
  }
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

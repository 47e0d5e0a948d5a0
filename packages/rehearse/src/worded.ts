// Errors as a report may tell them: it holds no value of any row, and what servers, refusals and conversions say may hold some.

import { type ErrorCode, errorTable, StoreError, TwinwriteError } from '@twinwrite/core'

export interface Worded {
  readonly code: string
  /** Empty for errors of servers and drivers. */
  readonly what: string
  readonly hint: string
}

/** Codes whose texts may name values of rows. */
const ofRows: ReadonlySet<ErrorCode> = new Set(['TW_CAPTURE_REFUSED', 'TW_SECONDARY_REJECTED'])

export function worded(error: unknown): Worded {
  if (!(error instanceof TwinwriteError)) return { code: codeOf(error), what: '', hint: '' }
  const { code, what, hint } = error
  return { code, what: ofRows.has(code) ? errorTable[code].cause.replace(/\.$/, '') : what, hint }
}

/** One sentence. */
export function wordedText(error: unknown): string {
  if (error instanceof TwinwriteError) {
    const { code, what, hint } = worded(error)
    const table = ofRows.has(error.code) && error.table !== undefined ? `${error.table}: ` : ''
    return `${code}: ${table}${what}. ${hint}`
  }
  if (error instanceof StoreError)
    return `the ${error.side}: ${error.reason}${error.cause === undefined ? '' : ` (${codeOf(error.cause)})`}`
  // Errors of drivers have a code, those of a rehearsal have none.
  const { code } = error as { code?: unknown }
  if (typeof code === 'string') return code
  return error instanceof Error ? error.message : codeOf(error)
}

export function codeOf(error: unknown): string {
  const { code, name } = Object(error) as { code?: unknown; name?: unknown }
  return typeof code === 'string' ? code : String(name ?? 'Error')
}

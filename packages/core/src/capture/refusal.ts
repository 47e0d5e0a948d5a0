// The one way in which capture says no: before the app's statement has run, naming table and construct (W10).

import { TwinwriteError } from '../errors.ts'
import type { SideTable } from '../mapping/side-table.ts'
import type { DdlScan, OpaqueScan, TruncateScan } from '../scan/statement.ts'

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

/** A row that is written can't be read back by what was given for it. */
export function storedOtherwise({ mapping }: SideTable, construct: string): TwinwriteError {
  return refusal(
    mapping,
    `${construct} with a key or unique value that is stored in another form than given`,
    'Give it as the column stores it: whole numbers without a fraction, dates without a time.',
  )
}

/** Of a statement whose touched rows nobody can name. @param tables names of the mappings that it may write */
export function uncapturable(
  scan: DdlScan | TruncateScan | OpaqueScan,
  tables: readonly string[],
): TwinwriteError {
  const names = `"${tables.join('", "')}"`
  const [table] = tables
  if (scan.kind === 'ddl')
    return new TwinwriteError('TW_SCHEMA_CHANGE', `${scan.verb.toUpperCase()} of ${names}`, { table })
  const what = scan.kind === 'opaque' ? scan.reason : 'TRUNCATE'
  return new TwinwriteError('TW_CAPTURE_REFUSED', `${what} may write ${names}`, { table })
}

// Runs an insert whose rows the app asks for on an engine that returns none, and the read of these rows behind it: in the
// app's transaction, or else in one of our own, so that nobody comes between (W1).

import type { AppConnection } from '@twinwrite/core'
import { crossed } from './carry/carrying.ts'
import type { DialectName } from './carry/dialect.ts'
import { outcomeOf } from './carry/outcome.ts'
import type { ReturnedRows } from './carry/returned-rows.ts'
import type { Compiled } from './knex-internals.ts'

const returnedRows = new WeakMap<Compiled, ReturnedRows>()

/** What is to be read behind a compiled insert. */
export const returnedBy = (compiled: Compiled): ReturnedRows | undefined => returnedRows.get(compiled)

export function setReturned(compiled: Compiled, returned: ReturnedRows): void {
  returnedRows.set(compiled, returned)
}

/** @param execute runs a statement of the app and gives the driver's response @returns the response with the rows */
export async function insertAndRead(
  dialect: DialectName,
  connection: AppConnection<unknown>,
  execute: (compiled: Compiled) => Promise<unknown>,
  compiled: Compiled,
  { read, count }: ReturnedRows,
): Promise<unknown> {
  const own = !connection.inTransaction
  if (own) await execute({ sql: 'BEGIN', bindings: [] })
  try {
    const response = await execute(compiled)
    const select = read(outcomeOf(dialect, { ...compiled, response }))
    const answer = select === null ? [[], []] : await execute(select)
    const found = outcomeOf(dialect, { sql: '', response: answer }).rows.length
    if (select !== null && found !== count) {
      throw crossed(`an insert of ${count} rows is to return them, but ${found} were found behind it`)
    }
    if (own) await execute({ sql: 'COMMIT', bindings: [] })
    return answer
  } catch (error) {
    if (own) await execute({ sql: 'ROLLBACK', bindings: [] }).catch(() => connection.native.discard())
    throw error
  }
}

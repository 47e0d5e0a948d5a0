// SQLite: one transaction writes at a time. After a small write of ours every older transaction has ended, or has a snapshot from
// which it can't begin to write any more. Upholds W3.

import type { ControlTables } from '../naming.ts'
import type { Session } from '../session.ts'

export async function transactionMark(): Promise<string> {
  return Promise.resolve('')
}

export async function olderTransactions(
  session: Session,
  _: string,
  control: ControlTables,
): Promise<string[]> {
  try {
    await session.query({
      sql: `UPDATE ${control.meta} SET value = value WHERE name = 'version'`,
      bindings: [],
    })
    return []
  } catch (error) {
    if (String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY'))
      return ['a connection that writes']
    throw error
  }
}

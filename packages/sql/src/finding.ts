// What doctor found, and the look that all engines share.

import type { Session } from './session.ts'

export interface Finding {
  readonly level: 'ok' | 'warning' | 'error'
  readonly message: string
  /** SQL (or a command) that mends it. */
  readonly mend?: string
}

/** Age (s) of a transaction for which a change of the stage would wait too long. */
export const oldTransactionSeconds = 60

/** Rows of texts. */
export async function ask(
  session: Session,
  sql: string,
  bindings: readonly unknown[] = [],
): Promise<string[][]> {
  const { rows } = await session.query({ sql, bindings })
  return rows.map((row) => row.map((cell) => (cell === null ? '' : String(cell))))
}

export function oldTransactions(found: readonly (readonly string[])[]): Finding[] {
  return found.map(([session, seconds]) => ({
    level: 'warning',
    message: `session ${session} has been in a transaction for ${seconds} s: leaving source-only and a switch wait for it`,
    mend: 'Let it end.',
  }))
}

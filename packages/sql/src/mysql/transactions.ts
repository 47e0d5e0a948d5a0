// MySQL and MariaDB: which transactions are older than a mark. A mark is the list of transactions that were open at it: no clock is
// compared (the start of a transaction is told in the time zone of the machine). InnoDB makes its list
// anew only when nobody has looked for a tenth of a second, so each look waits first.
// A transaction that has not touched a table yet is not in it: such a one must pass the barrier by its process (see the
// barrier of core). Connections to other databases of the server don't count. Needs the right PROCESS. Upholds W3.

import type { Answer, Session } from '../session.ts'

const listDelay = '0.2'

/** Looks that fail one after the other because of what somebody happens to run. */
const mostLooks = 25

/**
 * MySQL fails to show its sessions (ER_CANNOT_CONVERT_STRING) while the text that one of them runs has a character of four bytes or
 * bytes that are none: the next look finds another text.
 */
export async function lookAtSessions(session: Session, sql: string): Promise<Answer['rows']> {
  for (let look = 1; ; look++) {
    await session.query({ sql: `SELECT SLEEP(${listDelay})`, bindings: [] })
    try {
      return (await session.query({ sql, bindings: [] })).rows
    } catch (error) {
      if ((error as { errno?: unknown }).errno !== 3854 || look >= mostLooks) throw error
    }
  }
}

interface Open {
  /** Connection and start; the transaction's own number changes with its first write. */
  readonly id: string
  readonly description: string
}

async function open(session: Session): Promise<Open[]> {
  const rows = await lookAtSessions(
    session,
    `SELECT CAST(trx_mysql_thread_id AS CHAR), CAST(trx_started AS CHAR), trx_state` +
      ` FROM information_schema.INNODB_TRX LEFT JOIN information_schema.PROCESSLIST ON ID = trx_mysql_thread_id` +
      ` WHERE trx_mysql_thread_id <> CONNECTION_ID() AND (DB = DATABASE() OR DB IS NULL)`,
  )
  return rows.map(([thread, since, state]) => ({
    id: `${String(thread)} ${String(since)}`,
    description: `connection ${String(thread)} (${String(state)}, since ${String(since)} in the server's own time zone)`,
  }))
}

export async function transactionMark(session: Session): Promise<string> {
  return JSON.stringify((await open(session)).map(({ id }) => id))
}

export async function olderTransactions(session: Session, mark: string): Promise<string[]> {
  const before = new Set(JSON.parse(mark) as string[])
  if (before.size === 0) return []
  return (await open(session)).filter(({ id }) => before.has(id)).map(({ description }) => description)
}

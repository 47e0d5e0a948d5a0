// PostgreSQL: which transactions are older than a mark. A mark is the list of transactions that were open at it, so that no clock is
// compared. Every transaction holds a lock on its own virtual id, which everybody may see (CREATE INDEX CONCURRENTLY
// waits for the same), even one that has not written yet but will. Upholds W3.

import type { Session } from '../session.ts'

const open = `
  SELECT l.virtualtransaction, a.pid::text, a.usename::text, a.application_name, a.state
  FROM pg_locks AS l JOIN pg_stat_activity AS a ON a.pid = l.pid
  WHERE l.locktype = 'virtualxid' AND l.mode = 'ExclusiveLock' AND l.granted AND l.pid <> pg_backend_pid()
    AND a.datname = current_database() AND a.usesysid IS NOT NULL AND a.application_name <> 'twinwrite'
  UNION ALL
  SELECT 'prepared ' || gid, NULL, owner::text, 'prepared transaction', 'prepared'
  FROM pg_prepared_xacts WHERE database = current_database()`

export async function transactionMark(session: Session): Promise<string> {
  const { rows } = await session.query({ sql: open, bindings: [] })
  return JSON.stringify(rows.map((row) => row[0]))
}

export async function olderTransactions(session: Session, mark: string): Promise<string[]> {
  const before = new Set(JSON.parse(mark) as string[])
  if (before.size === 0) return []
  const { rows } = await session.query({ sql: open, bindings: [] })
  return rows
    .filter((row) => before.has(String(row[0])))
    .map(
      ([id, pid, user, application, state]) =>
        `session ${String(pid ?? id)} (${String(user)}, ${String(application)}, ${String(state ?? 'state hidden')})`,
    )
}

// SQLite: what doctor looks at.

import { ask, type Finding } from '../finding.ts'
import type { Session } from '../session.ts'

export async function inspect(session: Session): Promise<Finding[]> {
  const [[version]] = (await ask(session, 'SELECT sqlite_version()')) as [[string]]
  const [[mode]] = (await ask(session, 'PRAGMA journal_mode')) as [[string]]
  const found: Finding[] = [{ level: 'ok', message: `SQLite ${version}` }]
  if (mode === 'wal') return found
  found.push({
    level: 'warning',
    message: `the file is in journal mode "${mode}": readers and the one writer wait for each other`,
    mend: 'PRAGMA journal_mode = WAL',
  })
  return found
}

// What a database, its settings and our user's rights mean for a migration. Looks only; what is in the way comes with the SQL that mends it.

import type { ConnectionSpec, Side, TableRef } from '@twinwrite/core'
import { TwinwriteError } from '@twinwrite/core'
import { settingsOf, sqlEngine } from './engines.ts'
import type { Finding } from './finding.ts'
import type { Session } from './session.ts'

/** Largest difference (ms) between the database's clock and ours that needs no word: ages are told in seconds. */
const mostSkewMs = 2_000
/**
 * @param spec of the engine that really answers (`mariadb` for MariaDB)
 * @param tables mapped tables of this side
 */
export async function inspect(
  spec: ConnectionSpec,
  side: Side,
  tables: readonly TableRef[],
): Promise<readonly Finding[]> {
  const engine = sqlEngine(spec.engine)
  let session: Session
  try {
    session = await engine.connect(await settingsOf(spec), 'control')
  } catch (error) {
    return [{ level: 'error', message: `the ${side} does not answer: ${told(error)}` }]
  }
  try {
    return [...(await clock(session, engine.now.texts[0]!)), ...(await engine.inspect(session, tables))]
  } catch (error) {
    return [{ level: 'error', message: `the ${side} can't be examined: ${told(error)}` }]
  } finally {
    await session.end()
  }
}

function told(error: unknown): string {
  if (error instanceof TwinwriteError) return error.what
  return error instanceof Error ? error.message : String(error)
}

async function clock(session: Session, now: string): Promise<Finding[]> {
  const sentAt = Date.now()
  const { rows } = await session.query({ sql: `SELECT ${now}`, bindings: [] })
  const skew = Math.round(Number(rows[0]![0]) - (sentAt + Date.now()) / 2)
  if (Math.abs(skew) <= mostSkewMs) return []
  return [
    {
      level: 'warning',
      message: `its clock is ${Math.abs(skew)} ms ${skew > 0 ? 'ahead of' : 'behind'} this machine's`,
      mend: 'Let both machines keep time by NTP.',
    },
  ]
}

// What writing rows would send, as text for a person who decides whether to let it happen: each statement with the values that are
// bound to it. What the writer reads first is read, so that a row that is there is updated here, too; nothing is written.

import type { Statement, TableWrite } from '@twinwrite/core'
import type { Answer, Session } from '../session.ts'
import type { StoreContext } from '../store/context.ts'
import { writeRows } from './write-rows.ts'

export async function writeText(context: StoreContext, writes: readonly TableWrite[]): Promise<string[]> {
  const statements: Statement[] = []
  try {
    await context.applyPool.with((session) =>
      writeRows(context, onlyReading(session, statements), writes, false),
    )
  } catch (error) {
    throw context.failure(error)
  }
  return statements.map(textOf)
}

/** Sends what reads, and keeps what would write. */
function onlyReading(session: Session, kept: Statement[]): Session {
  const query = async (statement: Statement): Promise<Answer> => {
    if (/^\s*SELECT\b/i.test(statement.sql)) return session.query(statement)
    kept.push(statement)
    return { rows: [], affected: 0 }
  }
  return new Proxy(session, {
    get: (given, name) => (name === 'query' ? query : (Reflect.get(given, name, given) as unknown)),
  })
}

function textOf({ sql, bindings }: Statement): string {
  const values = bindings.length === 0 ? '' : ` -- ${JSON.stringify(bindings, jsonValue)}`
  return `${sql.replace(/\s+/g, ' ').trim()};${values}`
}

function jsonValue(this: unknown, key: string, given: unknown): unknown {
  const bound = (this as Record<string, unknown>)[key]
  if (Buffer.isBuffer(bound)) return bound.toString('utf8')
  return typeof given === 'bigint' ? String(given) : given
}

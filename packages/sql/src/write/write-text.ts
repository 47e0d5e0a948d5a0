// What writing rows would send, as text for a person who decides whether to let it happen: each statement with the values that are
// bound to it, on a session that sends nothing.

import type { Statement, TableWrite } from '@twinwrite/core'
import type { Answer, Session } from '../session.ts'
import type { StoreContext } from '../store/context.ts'
import { writeRows } from './write-rows.ts'

export async function writeText(context: StoreContext, writes: readonly TableWrite[]): Promise<string[]> {
  const session = new RecordingSession()
  await writeRows(context, session, writes, false)
  return session.statements.map(textOf)
}

class RecordingSession implements Session {
  readonly healthy = true
  readonly foreignKeysOff = true
  readonly statements: Statement[] = []

  /** A look at what is there finds nothing: rows are shown as inserted. */
  query(statement: Statement): Promise<Answer> {
    this.statements.push(statement)
    return Promise.resolve({ rows: [], affected: 0 })
  }

  async end(): Promise<void> {}

  destroy(): void {}
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

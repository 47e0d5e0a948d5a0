// A statement of the app outside of transactions as a read that may run elsewhere, for those that were chosen: its text says what it reads,
// its carried form is what runs on the target.

import { type AppRead, type ReadCall, sqlRead } from '@twinwrite/core'
import type { CarriedStatement } from './carry/statement.ts'
import type { Client, Compiled, Runnable } from './knex-internals.ts'
import type { Running } from './running.ts'

export interface ReadRuns {
  /** As if there were no read policy. */
  readonly run: () => Promise<unknown>
  readonly serve: (carried: CarriedStatement) => Promise<unknown>
  /** The statement, compiling to the target's text. */
  readonly onTarget: (carried: CarriedStatement) => Runnable
}

/** Methods of a builder that only read; what a raw text does is for the scanner to say. */
const reading = new Set(['select', 'first', 'pluck', 'raw'])

export function readCall(
  running: Running,
  client: Client,
  builder: Runnable,
  { run, serve, onTarget }: ReadRuns,
): ReadCall<unknown> {
  const describe = (): AppRead<unknown> | null => {
    const compiled = builder.toSQL()
    if (Array.isArray(compiled) || !isRead(compiled)) return null
    const { source } = running.sides
    const text = client.positionBindings(compiled.sql)
    const read = sqlRead(text, source.scanDialect, ({ schema, name }) => running.mappingOf(schema, name))
    if (read === null || !running.aside.isPossible) return null
    const carried = running.carryNow(builder)
    if (carried === null || carried.problem !== null || carried.unmapped.size > 0) return null
    return {
      shape: compiled.sql,
      ...read,
      rows: compiled.method === 'raw' ? rawRows[source.dialect] : undefined,
      serve: () => serve(carried),
      aside: (side, signal) =>
        running.aside.run(side, client, side === 'target' ? onTarget(carried) : builder, signal),
    }
  }
  return { run, describe }
}

function isRead({ sql, method, output }: Compiled): boolean {
  return typeof sql === 'string' && output === undefined && reading.has(method ?? 'raw')
}

/** Of what the source's driver answers to raw SQL. */
const rawRows = {
  postgres: (answer: unknown): unknown => (answer as { rows?: unknown }).rows,
  mysql: (answer: unknown): unknown => (answer as readonly unknown[])[0],
  sqlite: (answer: unknown): unknown => answer,
} as const

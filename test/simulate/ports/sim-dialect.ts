// The statements of the write path in the language of the simulated servers.

import type { Change, Row, SqlDialect, Statement } from '@twinwrite/core'
import { DriverError } from './driver-error.ts'

export type SimEngine = 'postgres' | 'mysql'

/** What stands behind the word of a statement that has no bindings. */
export interface FoldedJournal {
  readonly changes: readonly Change[]
  readonly epoch: number
}

export function simDialect(engine: SimEngine): SqlDialect {
  const folds = engine === 'postgres'
  return {
    engine,
    quote: (identifier) => identifier,
    table: (ref) => ref.name,
    placeholder: () => '?',
    canonical: (_column, expression) => expression,
    readText: (given) => given,
    typed: (_column, expression) => expression,
    journal: (changes, epoch, stale) => statement('journal', changes, epoch, stale),
    checkFence: (epoch, stale) => statement('fence', epoch, stale),
    mark: (table, reason, epoch, stale) => statement('mark', table, reason, epoch, stale),
    journalAndCommit: (changes, epoch) =>
      folds ? `journal+commit ${JSON.stringify({ changes, epoch })}` : null,
    isUnusable: () => false,
    fold: () => null,
    refused: (error) => error instanceof DriverError && error.code === 'TW001',
    rows: (table, keys) => statement('rows', table.mapping, keys),
    readRow: (_table, { row }) => ({ key: (row as Row)[0] as string, row: row as Row }),
  }
}

function statement(sql: string, ...bindings: unknown[]): Statement {
  return { sql, bindings }
}

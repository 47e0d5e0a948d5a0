// How Knex's dialects begin a transaction (execution/transaction.js, execution/pg-transaction.js, sqlite-transaction.js).

import type { DialectName } from './carry/dialect.ts'
import type { Transaction } from './knex-internals.ts'

export function beginStatements(
  dialect: DialectName,
  { isolationLevel, readOnly }: Pick<Transaction, 'isolationLevel' | 'readOnly'>,
): string[] {
  const mode = [isolationLevel ? `ISOLATION LEVEL ${isolationLevel}` : '', readOnly ? 'READ ONLY' : '']
    .join(' ')
    .trim()
  if (mode === '' || dialect === 'sqlite') return ['BEGIN;']
  return dialect === 'postgres' ? [`BEGIN TRANSACTION ${mode};`] : [`SET TRANSACTION ${mode};`, 'BEGIN;']
}

// What becomes of a value that the app gives for a column which the database numbers: TypeORM's PostgreSQL driver never sends it,
// its other drivers do. After a switch the app must see what its source's driver did. Upholds W1.

import type { Side } from '@twinwrite/core'
import type { EntityMetadata } from 'typeorm'
import type { DialectName } from './dialect.ts'

/** @param target metadata of the target's data source @param source of the same entity */
export function numberAsSource(
  target: EntityMetadata,
  source: EntityMetadata,
  dialects: Readonly<Record<Side, DialectName>>,
): void {
  for (const column of target.columns) {
    const known = source.findColumnWithPropertyPath(column.propertyPath)
    if (!column.isGenerated || column.generationStrategy !== 'increment' || known === undefined) continue
    const isSent = dialects.source !== 'postgres' || known.generationStrategy !== 'increment'
    if (dialects.target !== 'postgres') column.isInsert &&= isSent
    // Of an identity column the value is sent, and DEFAULT where there is none.
    else if (isSent) column.generationStrategy = 'identity' as never
  }
}

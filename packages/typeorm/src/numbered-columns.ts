// What becomes of a value that the app gives for a column which the database numbers: TypeORM's PostgreSQL driver never sends it,
// its other drivers do. After a switch the app must see what its source's driver did. Upholds W1.

import type { EntityMetadata } from 'typeorm'
import type { DialectName } from './dialect.ts'

/** @param metadata of the target */
export function numberAsSource(metadata: EntityMetadata, source: DialectName, target: DialectName): void {
  if ((source === 'postgres') === (target === 'postgres')) return
  for (const column of metadata.columns) {
    if (!column.isGenerated || column.generationStrategy !== 'increment') continue
    if (source === 'postgres') column.isInsert = false
    // Of an identity column it sends the value, and DEFAULT where there is none.
    else column.generationStrategy = 'identity' as never
  }
}

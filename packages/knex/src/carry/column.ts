// A column where no name for the result is wanted: in conditions, groups, orders, aggregates.

import type { Carrying } from './carrying.ts'
import { identifierText } from './identifier.ts'
import { resolveColumn, type Scope } from './scope.ts'
import { carryValue, readIdentifier } from './value.ts'

/** Carries a column of any form that Knex takes: a name, several, raw SQL, a query. */
export function carryColumn(carrying: Carrying, scope: Scope, column: unknown): unknown {
  if (Array.isArray(column)) return column.map((one) => carryColumn(carrying, scope, one))
  if (typeof column !== 'string') return carryValue(carrying, scope, column)
  const { segments, alias } = readIdentifier(carrying, column)
  if (segments.at(-1) === '*') return identifierText(segments, alias)
  return identifierText(resolveColumn(carrying, scope, segments).segments, alias)
}

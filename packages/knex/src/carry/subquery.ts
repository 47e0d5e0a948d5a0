// Queries inside of a query. Callbacks run on a builder of the source's dialect, as they would without us, and their
// outcome is carried like any builder.

import { type Builder, isBuilder } from '../knex-internals.ts'
import type { Carrying } from './carrying.ts'
import type { Scope } from './scope.ts'

export interface Subquery {
  /** What stands in the place of the app's builder or callback. */
  readonly value: unknown
  /** The carried query itself. */
  readonly state: Builder
}

/** @param outer the query around, whose columns it may name @param place `part`: a group of conditions, no query of its own */
export function carrySubquery(
  carrying: Carrying,
  outer: Scope | null,
  query: unknown,
  place: 'query' | 'part' = 'query',
): Subquery {
  if (isBuilder(query)) {
    const state = carrying.query(carrying, query, outer, place)
    return { value: state, state }
  }
  const built = carrying.source.queryBuilder()
  if (typeof query === 'function') Reflect.apply(query, built, [built])
  const state = carrying.query(carrying, built, outer, place)
  // Knex puts parentheses around callbacks where it puts none around builders, so a callback stays one.
  return { value: (builder: Builder) => copyState(state, builder), state }
}

/** Everything of a builder that makes its SQL. */
export function copyState(from: Builder, to: Builder): void {
  to._method = from._method
  to._single = from._single
  to._statements = from._statements
  to._comments = from._comments
  if (from._options !== undefined) to._options = from._options
}

// Where an operation of the app runs: one side, with its native data source and manager, and the runner it is bound to.

import type { Side } from '@twinwrite/core'
import type { DataSource, EntityManager, QueryRunner } from 'typeorm'

export interface Place {
  readonly side: Side
  readonly dataSource: DataSource
  /** Bound to the runner where there is one. */
  readonly manager: EntityManager
  readonly runner: QueryRunner | undefined
}

/**
 * What an operation is about:
 * - `mapped`: a table that moves
 * - `unmapped`: only tables that stay on the source; `table` names one
 * - `either`: no table; `portable` tells whether its text means the same on both sides
 */
export type Subject =
  | { readonly kind: 'mapped' }
  | { readonly kind: 'unmapped'; readonly table: string }
  | { readonly kind: 'either'; readonly portable: boolean }

/** Decides where operations run: all of them anew, or those of one runner. */
export interface Session {
  place(subject: Subject): Place | Promise<Place>
  /** Where texts are built for, as far as that is known without waiting. */
  now(subject: Subject): Place
  /** Whether an operation that was refused because the stage moved may run on the other side. */
  readonly movable: boolean
}

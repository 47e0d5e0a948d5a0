// One statement on its way from the source's names and dialect to the target's: what is known for all of it, and what
// was found in it. What cannot be carried is noted, not thrown, so that the walk sees every table: whether the statement
// belongs to the target at all is only known at its end.

import { TwinwriteError, type ErrorDetails } from '@twinwrite/core'
import type { Builder, Client } from '../knex-internals.ts'
import { type DialectFacts, type DialectName, dialects } from './dialect.ts'
import type { MappedTable, MappedTables } from './mapped-table.ts'
import type { Scope } from './scope.ts'

/** The two sides of a carry. */
export interface Sides {
  readonly source: Client
  /** Compiles for the target; wraps identifiers without the app's hook, since names are already the database's own. */
  readonly target: Client
  readonly sourceDialect: DialectName
  readonly targetDialect: DialectName
  /** Target column that the database numbers; null: none, or not known. */
  counterOf(table: MappedTable): string | null
  /** Target columns of the key; null: not known. */
  keyOf(table: MappedTable): readonly string[] | null
}

/** Carries a query inside of a query. Handed in, since the walk and its clauses need each other. */
export type CarryInner = (
  carrying: Carrying,
  builder: Builder,
  outer: Scope | null,
  place: 'query' | 'part',
) => Builder

export class Carrying implements Sides {
  readonly source: Client
  readonly target: Client
  readonly sourceDialect: DialectName
  readonly targetDialect: DialectName
  readonly tables: MappedTables
  readonly query: CarryInner
  /** Mapped tables that the statement names. */
  readonly mapped = new Set<MappedTable>()
  /** Other tables, as the statement names them. */
  readonly unmapped = new Set<string>()
  /** The first thing that cannot be carried. */
  problem: TwinwriteError | null = null
  readonly counterOf: Sides['counterOf']
  readonly keyOf: Sides['keyOf']
  readonly #queryContext: unknown

  constructor(sides: Sides, tables: MappedTables, queryContext: unknown, query: CarryInner) {
    this.source = sides.source
    this.target = sides.target
    this.sourceDialect = sides.sourceDialect
    this.targetDialect = sides.targetDialect
    this.counterOf = (table) => sides.counterOf(table)
    this.keyOf = (table) => sides.keyOf(table)
    this.tables = tables
    this.query = query
    this.#queryContext = queryContext
  }

  get sameDialect(): boolean {
    return this.sourceDialect === this.targetDialect
  }

  get from(): DialectFacts {
    return dialects[this.sourceDialect]
  }

  get to(): DialectFacts {
    return dialects[this.targetDialect]
  }

  /** The database's name of what the app calls `name`, by the `wrapIdentifier` hook of its Knex config. */
  databaseName(name: string): string {
    return this.source.customWrapIdentifier(name, (value) => value, this.#queryContext)
  }

  /** A mapped table was named. */
  touch(table: MappedTable): void {
    this.mapped.add(table)
    if (!table.names.converted) return
    this.refuse(`table "${table.names.mapping}", whose values are converted between the sides,`, {
      table: table.names.mapping,
      hint: 'Write the statement per side as raw SQL with `perSide`.',
    })
  }

  /** @param construct names it, as the subject of "cannot be carried to the target" */
  refuse(construct: string, details: ErrorDetails = {}): void {
    this.problem ??= crossed(`${construct} cannot be carried to the target (${this.targetDialect})`, details)
  }
}

export function crossed(message: string, details: ErrorDetails = {}): TwinwriteError {
  return new TwinwriteError('TW_DIALECT_CROSSED', message, details)
}

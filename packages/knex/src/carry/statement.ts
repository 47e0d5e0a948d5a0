// One statement of the app, of any kind, for the target: which tables it is about, why it can't be carried (if it can't),
// its compiled form, and how its result is turned into what the source's driver would have given.

import type { ScanDialect, TwinwriteError } from '@twinwrite/core'
import {
  type Builder,
  type Compiled,
  isBuilder,
  isRaw,
  isSchemaBuilder,
  type Runnable,
} from '../knex-internals.ts'
import { targetText } from '../per-side.ts'
import { Carrying, crossed, type Sides } from './carrying.ts'
import { identifierText } from './identifier.ts'
import type { MappedTable, MappedTables } from './mapped-table.ts'
import { carryQuery } from './query.ts'
import { carryRawStatement, isSilentInsert } from './raw-statement.ts'
import { planRawResult, planResult, type ResultPlan } from './result.ts'
import { planReturned, type ReturnedRows } from './returned-rows.ts'
import { carrySchema } from './schema.ts'
import type { Scope } from './scope.ts'

/** What a carrier knows beside the names. */
export interface CarrySides extends Sides {
  readonly tables: MappedTables
  /** Of the source's server. */
  readonly scanDialect: ScanDialect
}

export interface CarriedStatement {
  readonly mapped: ReadonlySet<MappedTable>
  /** Tables that are not mapped, as the statement names them. */
  readonly unmapped: ReadonlySet<string>
  /** Whether the app gave it a text for the target itself. */
  readonly perSide: boolean
  readonly problem: TwinwriteError | null
  /** @throws what Knex throws for the app's own statement; TwinwriteError `TW_DIALECT_CROSSED` where only the target's compiler refuses it */
  compile(): Compiled | Compiled[]
  readonly result: ResultPlan
  /** What is to be read behind it, in its transaction. */
  readonly returned: ReturnedRows | null
}

export function carryStatement(sides: CarrySides, statement: Runnable): CarriedStatement {
  const inner = (
    carrying: Carrying,
    builder: Builder,
    outer: Scope | null,
    place: 'query' | 'part',
  ): Builder => carryQuery(carrying, builder, outer, place).builder
  const carrying = new Carrying(sides, sides.tables, statement.queryContext(), inner)
  const { carried, result, returned = null } = carryAny(sides, carrying, statement)
  if (
    !carrying.sameDialect &&
    (statement._options ?? []).some((options) => Object.keys(options).length > 0)
  ) {
    carrying.refuse('driver options, given by options(),')
  }
  return {
    mapped: carrying.mapped,
    unmapped: carrying.unmapped,
    perSide: isRaw(statement) && targetText(statement) !== undefined,
    problem: carrying.problem,
    compile: () => compile(carrying, statement, carried),
    result,
    returned,
  }
}

function carryAny(
  sides: CarrySides,
  carrying: Carrying,
  statement: Runnable,
): { readonly carried: Runnable; readonly result: ResultPlan; readonly returned?: ReturnedRows | null } {
  if (isRaw(statement)) {
    return {
      carried: carryRawStatement(carrying, statement, sides.scanDialect),
      result: planRawResult(carrying, isSilentInsert(statement, sides.scanDialect)),
    }
  }
  if (isSchemaBuilder(statement)) {
    return {
      carried: carrySchema(carrying, statement, sides.scanDialect),
      result: planRawResult(carrying),
    }
  }
  if (!isBuilder(statement)) {
    carrying.refuse('a statement of an unknown kind')
    return { carried: statement, result: planRawResult(carrying) }
  }
  const { builder, scope } = carryQuery(carrying, statement, null)
  if (statement._timeout !== undefined) builder._timeout = statement._timeout
  if (statement._cancelOnTimeout !== undefined) builder._cancelOnTimeout = statement._cancelOnTimeout
  const [written] = carrying.mapped
  const counter = written === undefined ? null : sides.counterOf(written)
  const result = planResult(carrying, { builder: statement, carried: builder, scope, counter })
  if (result.returning !== null) builder._single['returning'] = [identifierText([result.returning])]
  return { carried: builder, result, returned: planReturned(carrying, builder, written) }
}

function compile(carrying: Carrying, statement: Runnable, carried: Runnable): Compiled | Compiled[] {
  if (carrying.sameDialect) return carried.toSQL()
  // What is wrong with the app's statement itself must fail as it does without us.
  if (isBuilder(statement)) statement.toSQL()
  try {
    return carried.toSQL()
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    throw crossed(`the statement cannot be carried to the target (${carrying.targetDialect}): ${message}`, {
      cause,
    })
  }
}

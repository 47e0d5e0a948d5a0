// GROUP BY and ORDER BY. A bare name in ORDER BY means a column of the result first, and those keep the source's names.

import { type BuilderStatement, isRaw } from '../knex-internals.ts'
import type { Carrying } from './carrying.ts'
import { carryColumn } from './column.ts'
import type { Scope } from './scope.ts'
import { carryValue } from './value.ts'

export function carryGroupBy(
  carrying: Carrying,
  scope: Scope,
  statement: BuilderStatement,
): BuilderStatement {
  return { ...statement, value: carryColumn(carrying, scope, statement['value']) }
}

/** @param ofResult false for the ORDER BY of a write, which has no result to name */
export function carryOrderBy(
  carrying: Carrying,
  scope: Scope,
  statement: BuilderStatement,
  ofResult: boolean,
): BuilderStatement {
  const { value, direction, nulls } = statement
  if (typeof nulls === 'string' && nulls !== '' && !carrying.sameDialect) {
    const takesSuffix = carrying.sourceDialect === 'postgres' || carrying.targetDialect === 'postgres'
    if (takesSuffix)
      carrying.refuse(`"nulls ${nulls}", which Knex writes differently for ${carrying.targetDialect},`)
  }
  const carried = {
    ...statement,
    direction: isRaw(direction) ? carryValue(carrying, scope, direction) : direction,
  }
  if (ofResult && typeof value === 'string') {
    const name = carrying.databaseName(value)
    if (scope.outputs.has(name)) return { ...carried, value: name }
  }
  return { ...carried, value: carryColumn(carrying, scope, value) }
}

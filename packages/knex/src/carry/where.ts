// Conditions: WHERE and HAVING.

import { type BuilderStatement, isRaw } from '../knex-internals.ts'
import type { Carrying } from './carrying.ts'
import { carryColumn } from './column.ts'
import { portableOperators } from './dialect.ts'
import type { Scope } from './scope.ts'
import { carrySubquery } from './subquery.ts'
import { carryValue } from './value.ts'

const wrapped = new Set(['whereWrapped', 'havingWrapped'])
const valued = new Set(['whereRaw', 'havingRaw', 'whereExists', 'havingExists'])
const withColumn = new Set([
  'whereBasic',
  'whereIn',
  'whereNull',
  'whereBetween',
  'whereLike',
  'whereILike',
  'whereJsonObject',
  'whereJsonPath',
  'whereJsonSupersetOf',
  'whereJsonSubsetOf',
  'havingBasic',
  'havingNull',
  'havingBetween',
  'havingIn',
])

export function carryCondition(
  carrying: Carrying,
  scope: Scope,
  statement: BuilderStatement,
): BuilderStatement {
  const type = statement.type ?? ''
  if (wrapped.has(type)) {
    return { ...statement, value: carrySubquery(carrying, scope, statement['value'], 'part').value }
  }
  if (valued.has(type)) return { ...statement, value: carryValue(carrying, scope, statement['value']) }
  if (!withColumn.has(type)) {
    carrying.refuse(`the condition "${type}"`)
    return statement
  }
  checkOperator(carrying, statement['operator'])
  const carried: BuilderStatement = { ...statement, column: carryConditionColumn(carrying, scope, statement) }
  if ('value' in statement) {
    const carry = statement['asColumn'] === true ? carryColumn : carryValue
    carried['value'] = carry(carrying, scope, statement['value'])
  }
  if (isRaw(statement['operator'])) carried['operator'] = carryValue(carrying, scope, statement['operator'])
  return carried
}

/** MySQL reads a bare name in HAVING as the select list's alias, which is still called as on the source. */
function carryConditionColumn(
  carrying: Carrying,
  scope: Scope,
  { grouping, column }: BuilderStatement,
): unknown {
  const isOutput =
    grouping === 'having' && typeof column === 'string' && scope.outputs.has(carrying.databaseName(column))
  if (isOutput && carrying.to.havingPrefersAlias) return carrying.databaseName(column)
  return carryColumn(carrying, scope, column)
}

export function checkOperator(carrying: Carrying, operator: unknown): void {
  if (carrying.sameDialect || typeof operator !== 'string') return
  if (!portableOperators.has(operator.trim().toLowerCase())) carrying.refuse(`the operator "${operator}"`)
}

// Joins. The clause objects keep their class, since Knex asks for it.

import type { BuilderStatement, JoinClause } from '../knex-internals.ts'
import type { Carrying } from './carrying.ts'
import { carryColumn } from './column.ts'
import type { Scope } from './scope.ts'
import { carryTable } from './table.ts'
import { carryValue } from './value.ts'
import { checkOperator } from './where.ts'

/** Makes the joined table visible; its conditions follow in `carryJoinConditions`, when all tables are known. */
export function carryJoin(carrying: Carrying, scope: Scope, join: JoinClause): JoinClause {
  const carried = Object.assign(Object.create(Object.getPrototypeOf(join) as object) as JoinClause, join)
  carried.and = carried
  carried.table = carryTable(carrying, scope, join.table, { schema: join.schema, form: 'read' })
  delete carried.schema
  if (!carrying.sameDialect && carrying.targetDialect === 'mysql' && join.joinType.startsWith('full')) {
    carrying.refuse(`"${join.joinType} join"`)
  }
  return carried
}

export function carryJoinConditions(carrying: Carrying, scope: Scope, join: JoinClause): void {
  join.clauses = join.clauses.map((clause) => carryClause(carrying, scope, clause, join))
}

function carryClause(
  carrying: Carrying,
  scope: Scope,
  clause: BuilderStatement,
  join: JoinClause,
): BuilderStatement {
  const column = (name: string): unknown => carryColumn(carrying, scope, clause[name])
  const value = (): unknown => carryValue(carrying, scope, clause['value'])
  checkOperator(carrying, clause['operator'])
  switch (clause.type) {
    case 'onBasic':
      return { ...clause, column: column('column'), value: column('value') }
    case 'onVal':
    case 'onIn':
    case 'onBetween':
      return { ...clause, column: column('column'), value: value() }
    case 'onNull':
      return { ...clause, column: column('column') }
    case 'onUsing':
      return carryUsing(carrying, scope, clause)
    case 'onRaw':
    case 'onExists':
      return { ...clause, value: value() }
    case 'onJsonPathEquals':
      return { ...clause, columnFirst: column('columnFirst'), columnSecond: column('columnSecond') }
    case 'onWrapped':
      return { ...clause, value: carryGroup(carrying, scope, clause['value'], join) }
    default:
      carrying.refuse(`the join condition "${String(clause.type)}"`)
      return clause
  }
}

/** A column of USING is one of both tables: it must have one name on the target too. */
function carryUsing(carrying: Carrying, scope: Scope, clause: BuilderStatement): BuilderStatement {
  const names = Array.isArray(clause['column']) ? (clause['column'] as unknown[]) : [clause['column']]
  for (const name of names) {
    if (typeof name !== 'string') continue
    const targets = scope.visible.map(({ table }) => table?.column(carrying.databaseName(name))?.target)
    if (new Set(targets.filter((one) => one !== undefined)).size > 1) {
      carrying.refuse(`USING ("${name}"), whose tables name the column differently,`)
    }
  }
  return { ...clause, column: carryColumn(carrying, scope, clause['column']) }
}

function carryGroup(carrying: Carrying, scope: Scope, callback: unknown, join: JoinClause): unknown {
  if (typeof callback !== 'function') return callback
  const group = Object.create(Object.getPrototypeOf(join) as object) as JoinClause
  group.clauses = []
  group.and = group
  Reflect.apply(callback, group, [group])
  carryJoinConditions(carrying, scope, group)
  return (other: JoinClause) => {
    other.clauses = group.clauses
  }
}

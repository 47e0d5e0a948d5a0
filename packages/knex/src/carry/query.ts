// A query builder carried to the target: a builder of the target's dialect whose statements name the target's tables and
// columns, and whose result has the source's names. The app's own builder is left as it is.

import type { Builder, BuilderStatement, JoinClause } from '../knex-internals.ts'
import type { Carrying } from './carrying.ts'
import { carryColumns } from './columns.ts'
import { keepHonoured } from './honoured.ts'
import { identifierText } from './identifier.ts'
import { carryJoin, carryJoinConditions } from './join.ts'
import { carryGroupBy, carryOrderBy } from './order.ts'
import { Scope } from './scope.ts'
import { carrySubquery } from './subquery.ts'
import { carryTable } from './table.ts'
import { carryValue, readIdentifier } from './value.ts'
import { carryCondition } from './where.ts'
import { carryWrite } from './write-data.ts'

export interface CarriedQuery {
  readonly builder: Builder
  readonly scope: Scope
}

/** @param outer the query around @param place `part`: a group of conditions inside of `outer` itself */
export function carryQuery(
  carrying: Carrying,
  builder: Builder,
  outer: Scope | null,
  place: 'query' | 'part' = 'query',
): CarriedQuery {
  const scope = place === 'part' && outer !== null ? outer : new Scope(outer)
  const carried = carrying.target.queryBuilder()
  carried._method = builder._method
  carried._comments = builder._comments
  if (builder._options !== undefined) carried._options = builder._options
  const form = reads.has(builder._method) ? 'read' : 'write'
  const grouped = (name: string) => builder._statements.filter(({ grouping }) => grouping === name)

  const withs = grouped('with').map((statement) => carryWith(carrying, scope, statement))
  const single = carrySingle(carrying, scope, builder, form)
  const joins = grouped('join').map((join) => carryJoin(carrying, scope, join as JoinClause))
  const columns = grouped('columns')
  const selects = form === 'read' && place === 'query' && !isOnlyUnion(builder, columns)
  const statements: BuilderStatement[] = [
    ...withs,
    ...joins,
    ...(selects ? carryColumns(carrying, scope, builder, columns) : columns),
  ]
  for (const join of joins) carryJoinConditions(carrying, scope, join)
  if (form === 'write') Object.assign(single, carryWrite(carrying, scope, builder, single['table']))

  for (const statement of builder._statements) {
    const done = carryRest(carrying, scope, statement, form)
    if (done !== undefined) statements.push(done)
  }
  carried._single = single
  carried._statements = statements
  keepHonoured(carrying, carried, outer === null)
  return { builder: carried, scope }
}

const reads = new Set(['select', 'first', 'pluck'])
const carriedBefore = new Set(['with', 'join', 'columns'])

function carryRest(
  carrying: Carrying,
  scope: Scope,
  statement: BuilderStatement,
  form: 'read' | 'write',
): BuilderStatement | undefined {
  if (carriedBefore.has(statement.grouping)) return undefined
  switch (statement.grouping) {
    case 'where':
    case 'having':
      return carryCondition(carrying, scope, statement)
    case 'group':
      return carryGroupBy(carrying, scope, statement)
    case 'order':
      return carryOrderBy(carrying, scope, statement, form === 'read')
    case 'union':
      return { ...statement, value: carryUnion(carrying, scope, statement['value']) }
    case 'hintComments':
      return statement
    default:
      carrying.refuse(`the clause "${statement.grouping}"`)
      return statement
  }
}

/** The parts of a union are queries beside this one, not inside of it; they see its CTEs. */
function carryUnion(carrying: Carrying, scope: Scope, value: unknown): unknown {
  const beside = scope.beside()
  return typeof value === 'function' ||
    (typeof value === 'object' && value !== null && '_statements' in value)
    ? carrySubquery(carrying, beside, value).value
    : carryValue(carrying, beside, value)
}

/** A builder that only holds unions compiles to them alone. */
function isOnlyUnion(builder: Builder, columns: readonly BuilderStatement[]): boolean {
  if (builder._single['table'] !== undefined) return false
  return columns.length === 0 && builder._statements.some(({ grouping }) => grouping === 'union')
}

function carryWith(carrying: Carrying, scope: Scope, statement: BuilderStatement): BuilderStatement {
  const alias = carrying.databaseName(String(statement['alias']))
  if (statement['recursive'] === true) scope.ctes.add(alias)
  const inner = scope.beside()
  const { value, columnList } = statement
  const isQuery =
    typeof value === 'function' || (typeof value === 'object' && value !== null && '_statements' in value)
  const carried = isQuery ? carrySubquery(carrying, inner, value).value : carryValue(carrying, inner, value)
  scope.ctes.add(alias)
  const columns = Array.isArray(columnList)
    ? columnList.map((name: unknown) => (typeof name === 'string' ? carrying.databaseName(name) : name))
    : columnList
  if (
    statement['materialized'] !== undefined &&
    carrying.targetDialect === 'mysql' &&
    !carrying.sameDialect
  ) {
    carrying.refuse('withMaterialized() or withNotMaterialized()')
  }
  return { ...statement, alias, columnList: columns, value: carried }
}

const copied = ['as', 'pluck', 'options', 'skipBinding', 'waitMode', 'only'] as const
const written = 'insert upsert update counter onConflict ignore merge returning'
const placed = 'table schema updateFrom using limit offset lock lockTables columnInfo'
const carriedElsewhere = new Set([...written.split(' '), ...placed.split(' '), ...copied])

/** The members of `_single` other than what is written. */
function carrySingle(
  carrying: Carrying,
  scope: Scope,
  builder: Builder,
  form: 'read' | 'write',
): Record<string, unknown> {
  const single = builder._single
  const carried: Record<string, unknown> = {}
  for (const name of copied) if (single[name] !== undefined) carried[name] = single[name]
  if (typeof single['as'] === 'string') carried['as'] = carrying.databaseName(single['as'])
  const schema = typeof single['schema'] === 'string' ? single['schema'] : undefined
  if (single['table'] !== undefined)
    carried['table'] = carryTable(carrying, scope, single['table'], { schema, form })
  for (const name of ['updateFrom', 'using']) {
    if (single[name] !== undefined)
      carried[name] = carryTable(carrying, scope, single[name], { form: 'read' })
  }
  for (const name of ['limit', 'offset']) {
    if (single[name] !== undefined) carried[name] = carryValue(carrying, scope, single[name])
  }
  carryLock(carrying, scope, single, carried)
  if (typeof single['columnInfo'] === 'string') {
    const name = carrying.databaseName(single['columnInfo'])
    carried['columnInfo'] = scope.visible[0]?.table?.column(name)?.target ?? name
  }
  for (const name of Object.keys(single)) {
    if (!carriedElsewhere.has(name) && single[name] !== undefined)
      carrying.refuse(`the builder member "${name}"`)
  }
  return carried
}

function carryLock(
  carrying: Carrying,
  scope: Scope,
  single: Record<string, unknown>,
  carried: Record<string, unknown>,
): void {
  const { lock, lockTables } = single
  if (lock !== undefined) carried['lock'] = lock
  if (Array.isArray(lockTables)) {
    carried['lockTables'] = lockTables.map((name: unknown) => {
      if (typeof name !== 'string') return name
      const { segments } = readIdentifier(carrying, name)
      return scope.find(segments.join('.'))?.target ?? identifierText(segments)
    })
  }
  const isPostgresOnly = lock === 'forNoKeyUpdate' || lock === 'forKeyShare'
  if (isPostgresOnly && !carrying.sameDialect) carrying.refuse(`${lock}()`)
}

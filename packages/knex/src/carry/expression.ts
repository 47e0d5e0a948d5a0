// Aggregates, window functions and JSON expressions of the select list.

import { type Builder, type BuilderStatement, isPlainObject, isRaw } from '../knex-internals.ts'
import type { Carrying } from './carrying.ts'
import { carryColumn } from './column.ts'
import { parseIdentifier } from './identifier.ts'
import { type ExpressionKind, keptResultName, quotedName } from './result-name.ts'
import type { Scope } from './scope.ts'
import { carryRaw } from './value.ts'

export function carryExpression(
  carrying: Carrying,
  scope: Scope,
  builder: Builder,
  statement: BuilderStatement,
): BuilderStatement {
  switch (statement.type) {
    case 'aggregate':
      return carryAggregate(carrying, scope, builder, statement)
    case 'aggregateRaw':
      return carryRawAggregate(carrying, scope, builder, statement)
    case 'analytic':
      return carryAnalytic(carrying, scope, builder, statement)
    case 'json':
      return carryJson(carrying, scope, builder, statement)
    default:
      carrying.refuse(`"${String(statement.type)}" in a select list`)
      return statement
  }
}

function carryAggregate(
  carrying: Carrying,
  scope: Scope,
  builder: Builder,
  statement: BuilderStatement,
): BuilderStatement {
  const { value } = statement
  if (isPlainObject(value)) {
    const entries = Object.entries(value).map(([name, column]): [string, unknown] => {
      const alias = carrying.databaseName(name)
      noteOutput(scope, statement, alias)
      return [alias, carryColumn(carrying, scope, column)]
    })
    return { ...statement, value: Object.fromEntries(entries) }
  }
  const parsed = typeof value === 'string' ? parseIdentifier(value) : null
  const given = (statement['alias'] as string | undefined) ?? parsed?.alias
  const column = parsed === null ? value : parsed.segments.join('.')
  const carried = { ...statement, value: carryColumn(carrying, scope, column), alias: undefined }
  return named(
    carrying,
    scope,
    builder,
    'aggregate',
    { ...statement, value: column, alias: undefined },
    carried,
    given,
  )
}

/** Knex gives no alias to an aggregate over raw SQL, so a name has to be written as raw SQL too. */
function carryRawAggregate(
  carrying: Carrying,
  scope: Scope,
  builder: Builder,
  statement: BuilderStatement,
): BuilderStatement {
  if (!isRaw(statement['value'])) return statement
  const carried = { ...statement, value: carryRaw(carrying, scope, statement['value'], 'expression') }
  const name = keptResultName(carrying, builder, 'aggregateRaw', statement, carried)
  noteOutput(scope, statement, name ?? String(statement['method']))
  if (name === null) return carried
  const distinct = statement['aggregateDistinct'] === true ? 'distinct ' : ''
  const text = `${String(statement['method'])}(${distinct}?) as ?`
  return {
    grouping: 'columns',
    value: [carrying.target.raw(text, [carried.value, quotedName(carrying, name)])],
  }
}

function carryAnalytic(
  carrying: Carrying,
  scope: Scope,
  builder: Builder,
  statement: BuilderStatement,
): BuilderStatement {
  const carried = copyOf(statement)
  if (isRaw(statement['raw'])) carried['raw'] = carryRaw(carrying, scope, statement['raw'], 'expression')
  for (const part of ['order', 'partitions']) {
    const items = statement[part]
    if (!Array.isArray(items)) continue
    carried[part] = items.map((item: unknown) =>
      isPlainObject(item)
        ? { ...item, column: carryColumn(carrying, scope, item['column']) }
        : carryColumn(carrying, scope, item),
    )
  }
  const alias = statement['alias'] as string | null | undefined
  const own = copyOf(statement)
  own['alias'] = undefined
  carried['alias'] = undefined
  return named(carrying, scope, builder, 'analytic', own, carried, alias)
}

function carryJson(
  carrying: Carrying,
  scope: Scope,
  builder: Builder,
  statement: BuilderStatement,
): BuilderStatement {
  const params = statement['params'] as Record<string, unknown>
  const { column, alias } = params
  // A list of [column, path, alias].
  if (Array.isArray(column)) {
    const list = column.map((one: unknown) => {
      if (!Array.isArray(one)) return one
      const [name, path, as, ...rest] = one as unknown[]
      const item = [carryColumn(carrying, scope, name), path]
      return as === undefined ? item : [...item, carrying.databaseName(String(as)), ...rest]
    })
    return { ...statement, params: { ...params, column: list } }
  }
  const bare = { ...params, alias: undefined }
  const own = { ...statement, params: bare }
  const carried = { ...statement, params: { ...bare, column: carryColumn(carrying, scope, column) } }
  const name =
    typeof alias === 'string'
      ? carrying.databaseName(alias)
      : keptResultName(carrying, builder, 'json', own, carried)
  if (name === null) return carried
  scope.outputs.add(name)
  const named = typeof alias === 'string' ? name : quotedName(carrying, name)
  return { ...carried, params: { ...carried.params, alias: named } }
}

function named(
  carrying: Carrying,
  scope: Scope,
  builder: Builder,
  kind: ExpressionKind,
  own: BuilderStatement,
  carried: BuilderStatement,
  given: string | null | undefined,
): BuilderStatement {
  if (given != null) {
    const alias = carrying.databaseName(given)
    noteOutput(scope, own, alias)
    carried['alias'] = alias
    return carried
  }
  const kept = keptResultName(carrying, builder, kind, own, carried)
  if (kept === null) return carried
  noteOutput(scope, own, kept)
  carried['alias'] = quotedName(carrying, kept)
  return carried
}

function noteOutput(scope: Scope, statement: BuilderStatement, name: string): void {
  scope.outputs.add(name)
  if (statement.type === 'analytic' || statement['method'] === 'count') scope.counts.add(name)
  else if (statement['method'] === 'sum' || statement['method'] === 'avg') scope.sums.add(name)
}

/** A copy that keeps its class: Knex looks at those of joins and window functions. */
function copyOf(statement: BuilderStatement): BuilderStatement {
  return Object.assign(
    Object.create(Object.getPrototypeOf(statement) as object) as BuilderStatement,
    statement,
  )
}

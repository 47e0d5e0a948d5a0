// The select list. Whatever a column is called on the target, the result has the source's name for it.

import {
  type Builder,
  type BuilderStatement,
  isBuilder,
  isPlainObject,
  isRaw,
  isRef,
  type Raw,
} from '../knex-internals.ts'
import type { Carrying } from './carrying.ts'
import { carryColumn } from './column.ts'
import { carryExpression } from './expression.ts'
import { identifierText } from './identifier.ts'
import { nameOf, quotedName } from './result-name.ts'
import { resolveColumn, type Scope, type Visible } from './scope.ts'
import { carryRaw, carryRef, carryValue, readIdentifier, readRef } from './value.ts'

/** Carries all entries of the select list; adds the columns of `*` where the app named none. */
export function carryColumns(
  carrying: Carrying,
  scope: Scope,
  builder: Builder,
  statements: readonly BuilderStatement[],
): BuilderStatement[] {
  let items = 0
  const carried = statements.map((statement): BuilderStatement => {
    if (statement.type !== undefined && statement.type !== 'pluck') {
      items++
      return carryExpression(carrying, scope, builder, statement)
    }
    const value = carryItems(carrying, scope, statement)
    if (statement['distinctOn'] !== true) items += value.length
    return { ...statement, value }
  })
  if (items > 0 || scope.visible.length === 0) return carried
  const all = expandStar(carrying, scope, null)
  return all.length === 1 && all[0] === '*' ? carried : [...carried, { grouping: 'columns', value: all }]
}

function carryItems(carrying: Carrying, scope: Scope, statement: BuilderStatement): unknown[] {
  const { value } = statement
  const items: unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value]
  if (statement['distinctOn'] === true) return items.map((item) => carryColumn(carrying, scope, item))
  return items.flatMap((item) => carryItem(carrying, scope, item))
}

/** One entry of a select or returning list. */
export function carryItem(carrying: Carrying, scope: Scope, item: unknown): unknown[] {
  if (typeof item === 'string') return carryName(carrying, scope, item)
  if (isRef(item)) {
    const { resolved, alias } = readRef(carrying, scope, item)
    const carried = carryRef(carrying, scope, item)
    carried._alias = alias ?? (resolved.renamed ? resolved.output : null)
    scope.outputs.add(alias ?? resolved.output)
    return [carried]
  }
  if (isRaw(item)) return [carryRawItem(carrying, scope, item)]
  if (isBuilder(item) || typeof item === 'function') {
    const as: unknown = isBuilder(item) ? item._single['as'] : undefined
    if (typeof as === 'string') scope.outputs.add(carrying.databaseName(as))
    return [carryValue(carrying, scope, item)]
  }
  if (!isPlainObject(item)) return [item]
  const entries = Object.entries(item).map(([name, one]): [string, unknown] => {
    const alias = carrying.databaseName(name)
    scope.outputs.add(alias)
    return [alias, carryColumn(carrying, scope, one)]
  })
  return [Object.fromEntries(entries)]
}

function carryName(carrying: Carrying, scope: Scope, text: string): unknown[] {
  const { segments, alias } = readIdentifier(carrying, text)
  if (segments.at(-1) === '*' && alias === null) {
    return expandStar(carrying, scope, segments.length === 1 ? null : segments.slice(0, -1).join('.'))
  }
  const resolved = resolveColumn(carrying, scope, segments)
  scope.outputs.add(alias ?? resolved.output)
  return [identifierText(resolved.segments, alias ?? (resolved.renamed ? resolved.output : null))]
}

/** `*` or `table.*` as the columns that travel, in the source's order and by its names. */
export function expandStar(carrying: Carrying, scope: Scope, qualifier: string | null): string[] {
  const all = qualifier === null ? '*' : `${qualifier}.*`
  const found = qualifier === null ? undefined : scope.find(qualifier)
  if (qualifier !== null && found === undefined) return [all]
  const visible = found === undefined ? scope.visible : [found]
  if (!visible.some(({ table }) => table !== null)) return [all]
  const lists = visible.map((one) =>
    listColumns(carrying, scope, one, visible.length > 1 || qualifier !== null),
  )
  if (!lists.includes(null)) return lists.flatMap((list) => list ?? [])
  const renamed = visible.find(({ table }) => table !== null && table.renamedColumns.length > 0)?.table
  if (renamed != null) {
    carrying.refuse(
      `"${all}" over renamed columns of "${renamed.names.mapping}", together with raw tables or unknown columns,`,
      {
        table: renamed.names.mapping,
        hint: 'Name the columns.',
      },
    )
  }
  return [all]
}

/** Null where the columns can't be listed. */
function listColumns(
  carrying: Carrying,
  scope: Scope,
  { table, target }: Visible,
  qualify: boolean,
): string[] | null {
  if (table === null) return target === '' ? null : [`${target}.*`]
  if (table.columns === null) return null
  return table.columns.map((column) => {
    scope.outputs.add(column.source)
    const name = qualify ? [target, column.target] : [column.target]
    return identifierText(name, column.source === column.target ? null : column.source)
  })
}

function carryRawItem(carrying: Carrying, scope: Scope, raw: Raw): Raw {
  const carried = carryRaw(carrying, scope, raw, 'expression')
  const name = rawResultName(carrying, raw, carried)
  return name === null ? carried : carrying.target.raw('? as ?', [carried, quotedName(carrying, name)])
}

/** As `keptResultName`, for raw SQL; null too where the text itself names its columns. */
function rawResultName(carrying: Carrying, raw: Raw, carried: Raw): string | null {
  if (/\bas\s+["`\w]+\s*$|\*\s*$/i.test(raw.sql) || raw._wrappedAfter !== undefined) return null
  const own = raw.toSQL()
  const other = carried.toSQL()
  if (Array.isArray(own) || Array.isArray(other) || hasOuterComma(own.sql)) return null
  // MySQL would name the column after the values too.
  if (own.sql.includes('?') && carrying.sourceDialect === 'mysql') return null
  const name = nameOf(carrying.sourceDialect, own.sql)
  return name === nameOf(carrying.targetDialect, other.sql) ? null : name
}

function hasOuterComma(text: string): boolean {
  let depth = 0
  for (const character of text) {
    if (character === '(') depth++
    else if (character === ')') depth--
    else if (character === ',' && depth === 0) return true
  }
  return false
}

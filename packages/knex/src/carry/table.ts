// Table references: FROM, JOIN, USING, UPDATE .. FROM, and the targets of writes. A renamed table is read under its
// source name as alias, so that everything that qualifies a column by it stays true; writes can't have an alias on every
// engine and name the target's table itself.

import { isBuilder, isPlainObject, isRaw, isRef, type Raw } from '../knex-internals.ts'
import type { Carrying } from './carrying.ts'
import { boundTables } from './bound-name.ts'
import { findTable, noteUnmapped } from './find-table.ts'
import { identifierText, isExpressible, parseIdentifier } from './identifier.ts'
import type { MappedTable } from './mapped-table.ts'
import { carrySubquery } from './subquery.ts'
import type { Scope } from './scope.ts'
import { carryRaw } from './value.ts'

export interface TablePlace {
  /** Of `withSchema`. */
  readonly schema?: string | undefined
  /** `read`: an alias may be added. */
  readonly form: 'read' | 'write'
}

/** Carries a table reference of any form that Knex takes, and makes it visible in the scope. */
export function carryTable(carrying: Carrying, scope: Scope, value: unknown, place: TablePlace): unknown {
  if (typeof value === 'string') return carryName(carrying, scope, value, place)
  if (isRef(value)) {
    const name = value._schema === null ? value.ref : `${value._schema}.${value.ref}`
    return carryName(carrying, scope, value._alias === null ? name : `${name} as ${value._alias}`, place)
  }
  if (isRaw(value)) {
    // A write may name its columns here: `insert into ?? (??)`.
    if (place.form === 'write') scope.visible.push(...boundTables(carrying, value))
    return carryRawTable(carrying, scope, value)
  }
  if (isBuilder(value) || typeof value === 'function') {
    const carried = carrySubquery(carrying, scope.outer, value)
    const alias = carried.state._single['as']
    scope.visible.push({
      names: typeof alias === 'string' ? [alias] : [],
      table: null,
      target: String(alias),
    })
    return carried.value
  }
  if (Array.isArray(value)) return value.map((one) => carryTable(carrying, scope, one, place))
  if (!isPlainObject(value)) return value
  const entries = Object.entries(value).map(([name, one]): [string, unknown] => {
    const alias = carrying.databaseName(name)
    if (typeof one === 'string') {
      const text = carryName(carrying, scope, `${one} as ${name}`, place)
      return [alias, parseIdentifier(text).segments.join('.')]
    }
    if (isRaw(one)) return [alias, carryRawTable(carrying, scope, one, alias)]
    scope.visible.push({ names: [alias], table: null, target: alias })
    return [alias, carrySubquery(carrying, scope.outer, one).value]
  })
  return Object.fromEntries(entries)
}

function carryName(carrying: Carrying, scope: Scope, text: string, { schema, form }: TablePlace): string {
  const parsed = parseIdentifier(schema === undefined ? text : `${schema}.${text}`)
  const segments = parsed.segments.map((segment) => carrying.databaseName(segment))
  const alias = parsed.alias === null ? null : carrying.databaseName(parsed.alias)
  const name = segments.at(-1) ?? ''
  if (segments.length === 1 && scope.hasCte(name)) {
    scope.visible.push({ names: [alias ?? name], table: null, target: alias ?? name })
    return identifierText(segments, alias)
  }
  const table = findTable(carrying, segments)
  if (table === undefined) {
    noteUnmapped(carrying, segments)
    scope.visible.push({ names: [alias ?? name, segments.join('.')], table: null, target: alias ?? name })
    return identifierText(segments, alias)
  }
  return mappedText(carrying, scope, table, { segments, alias, form })
}

interface Mention {
  readonly segments: readonly string[]
  readonly alias: string | null
  readonly form: TablePlace['form']
}

function mappedText(
  carrying: Carrying,
  scope: Scope,
  table: MappedTable,
  { segments, alias, form }: Mention,
): string {
  carrying.touch(table)
  const { schema, name } = table.names.target
  for (const part of [schema ?? name, name, ...table.names.renamed.values()]) {
    if (!isExpressible(part))
      carrying.refuse(`name "${part}", which Knex can't write,`, { table: table.names.mapping })
  }
  const target = schema === null ? [name] : [schema, name]
  const own = segments.at(-1) ?? ''
  const given = alias ?? (form === 'read' && table.tableRenamed ? own : null)
  // By its own name only where the app gave no alias: an alias hides the name.
  const names = alias === null ? [own, segments.join('.')] : [alias]
  scope.visible.push({ names, table, target: given ?? name })
  return identifierText(target, given)
}

/** What a raw text brings in can't be qualified, so its columns keep their names. */
function carryRawTable(carrying: Carrying, scope: Scope, value: Raw, alias?: string): Raw {
  const carried = carryRaw(carrying, scope, value, 'table')
  scope.visible.push({ names: alias === undefined ? [] : [alias], table: null, target: alias ?? '' })
  return carried
}

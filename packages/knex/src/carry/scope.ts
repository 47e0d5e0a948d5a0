// What a name inside a query can mean: the tables of its FROM and JOIN clauses under their aliases, then those of the
// queries around it. Gives the target's name for the source's.

import type { Carrying } from './carrying.ts'
import { splitAccessor } from './identifier.ts'
import type { ColumnNames, MappedTable } from './mapped-table.ts'

/** A table that a query sees. */
export interface Visible {
  /** By what columns are qualified in the app's query: alias, `table`, `schema.table`; empty: they can't be. */
  readonly names: readonly string[]
  /** Null for a derived table, a CTE or a table that is not mapped: its columns keep their names. */
  readonly table: MappedTable | null
  /** By what its columns are qualified on the target. */
  readonly target: string
}

export class Scope {
  readonly outer: Scope | null
  readonly visible: Visible[] = []
  readonly ctes = new Set<string>()
  /** Names of the select list's columns in the result. */
  readonly outputs = new Set<string>()
  /** Those of them that are counts (of rows, or a row's place in a window). */
  readonly counts = new Set<string>()
  /** Those of them that are sums or averages. */
  readonly sums = new Set<string>()

  constructor(outer: Scope | null) {
    this.outer = outer
  }

  /** For a query beside this one, which sees the same CTEs and none of the tables. */
  beside(): Scope {
    const beside = new Scope(this.outer)
    for (const name of this.ctes) beside.ctes.add(name)
    return beside
  }

  hasCte(name: string): boolean {
    return this.ctes.has(name) || (this.outer?.hasCte(name) ?? false)
  }

  /** The table that a qualifier means. */
  find(qualifier: string): Visible | undefined {
    return this.visible.find(({ names }) => names.includes(qualifier)) ?? this.outer?.find(qualifier)
  }

  /** Every mapped table that a name in this query can mean. */
  *reachable(): Generator<Visible> {
    yield* this.visible
    if (this.outer !== null) yield* this.outer.reachable()
  }
}

/** A column reference on the target. */
export interface Resolved {
  readonly segments: readonly string[]
  /** Name of the result column that the app's own reference would have. */
  readonly output: string
  /** Whether the target names it differently. */
  readonly renamed: boolean
}

/** Resolves `column`, `table.column` or `schema.table.column`; what no mapped table owns stays as it is. */
export function resolveColumn(carrying: Carrying, scope: Scope, segments: readonly string[]): Resolved {
  const [name, accessor] = splitAccessor(segments.at(-1) ?? '')
  const same: Resolved = { segments, output: name, renamed: false }
  if (segments.length === 1) {
    const column = findUnqualified(carrying, scope, name)
    if (column === undefined) return same
    return { segments: [column.target + accessor], output: name, renamed: column.target !== name }
  }
  const visible = scope.find(segments.slice(0, -1).join('.'))
  if (visible === undefined || visible.table === null) return same
  const column = visible.table.column(name) ?? keptName(carrying, visible.table, name)
  return {
    segments: [visible.target, column.target + accessor],
    output: name,
    renamed: column.target !== name,
  }
}

function findUnqualified(carrying: Carrying, scope: Scope, name: string): ColumnNames | undefined {
  for (let at: Scope | null = scope; at !== null; at = at.outer) {
    let open = false
    for (const { table } of at.visible) {
      const column = table?.column(name)
      if (column !== undefined) return column
      open ||= table === null || table.columns === null
    }
    // It may be a column of a derived table here, which hides those of the queries around.
    if (open) return undefined
  }
  for (const { table } of scope.reachable())
    if (table !== null && !scope.outputs.has(name)) keptName(carrying, table, name)
  return undefined
}

/** A name that is no travelling column keeps its name, unless that would mean another column on the target. */
function keptName(carrying: Carrying, table: MappedTable, name: string): ColumnNames {
  if (table.isTakenOnTarget(name)) {
    carrying.refuse(`column "${name}" of "${table.names.mapping}", which does not travel,`, {
      table: table.names.mapping,
      hint: 'The target uses that name for another column. Map the column, or do without it.',
    })
  }
  return { source: name, target: name }
}

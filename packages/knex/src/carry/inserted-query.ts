// INSERT whose rows come from a query. Without named columns it fills the table's columns in their order, which may be another
// one on the target: there it gets the names.

import { type Builder, type BuilderStatement, isBuilder, isRaw } from '../knex-internals.ts'
import type { Carrying } from './carrying.ts'
import { identifierText } from './identifier.ts'
import type { MappedTable } from './mapped-table.ts'
import { checkPlaces } from './raw-text.ts'
import type { Scope } from './scope.ts'
import { carrySubquery } from './subquery.ts'
import { carryValue } from './value.ts'

export interface InsertedQuery {
  readonly query: unknown
  /** What stands in the place of the table. */
  readonly table: unknown
}

const hint = "Name the columns: db(db.raw('?? (??)', ['orders', ['id', 'total']])).insert(query)."

/** Whether what is to be inserted is a query, not rows. */
export function isQuery(rows: unknown): boolean {
  return isRaw(rows) || isBuilder(rows) || typeof rows === 'function'
}

/** @param places what stands in the place of the table, as the app wrote it and carried */
export function carryInsertedQuery(
  carrying: Carrying,
  scope: Scope,
  query: unknown,
  places: { readonly table: unknown; readonly carried: unknown },
): InsertedQuery {
  const { table, carried } = places
  const beside = scope.beside()
  const { value, state } = isRaw(query)
    ? { value: carryValue(carrying, beside, query), state: null }
    : carrySubquery(carrying, beside, query)
  if (isRaw(query)) checkPlaces(carrying, query.sql)
  const same = { query: value, table: carried }
  // The app names the columns itself.
  if (isRaw(table) && table.sql.includes('(')) return same
  const mapped = scope.visible[0]?.table ?? null
  if (mapped !== null && carrying.sameDialect) {
    if (mapped.names.samePlaces) return same
    const columns = filledColumns(carrying, mapped, state)
    if (columns !== null && typeof carried === 'string') {
      const names = columns.map((name) => identifierText([name]))
      return { query: value, table: carrying.target.raw('?? (??)', [carried, names]) }
    }
  }
  carrying.refuse('an insert from a query without named columns', { hint })
  return same
}

/** PostgreSQL takes a query with fewer columns too, the others want all of them; null where they can't be told. */
function filledColumns(
  carrying: Carrying,
  { names }: MappedTable,
  query: Builder | null,
): readonly string[] | null {
  if (names.inOrder === null || carrying.sourceDialect !== 'postgres') return names.inOrder
  const count = query === null ? null : selectedColumns(query)
  return count === null ? null : names.inOrder.slice(0, count)
}

function selectedColumns({ _statements }: Builder): number | null {
  let count = 0
  for (const statement of _statements) {
    if (statement.grouping !== 'columns') continue
    const columns = columnsOf(statement)
    if (columns === null) return null
    count += columns
  }
  return count === 0 ? null : count
}

function columnsOf({ type, value }: BuilderStatement): number | null {
  if (type !== undefined || !Array.isArray(value)) return null
  const isOne = (item: unknown): boolean =>
    typeof item === 'string' ? !item.endsWith('*') : isRaw(item) ? !/[,*]/.test(item.sql) : isBuilder(item)
  return value.every(isOne) ? value.length : null
}

// What a write writes: rows to insert, assignments, counters, conflict clauses, returned columns.

import { type Builder, isBuilder, isPlainObject, isRaw } from '../knex-internals.ts'
import type { Carrying } from './carrying.ts'
import { carryColumn } from './column.ts'
import { carryItem } from './columns.ts'
import { identifierText } from './identifier.ts'
import { carryInsertedQuery, isQuery } from './inserted-query.ts'
import { resolveColumn, Scope, type Visible } from './scope.ts'
import { carryValue, readIdentifier } from './value.ts'

/** The members of a builder's `_single` that say what is written. @param table the carried one */
export function carryWrite(
  carrying: Carrying,
  scope: Scope,
  builder: Builder,
  table: unknown,
): Record<string, unknown> {
  const single = builder._single
  const carried: Record<string, unknown> = {}
  for (const name of ['insert', 'upsert']) {
    if (single[name] === undefined) continue
    if (!isQuery(single[name])) carried[name] = carryRows(carrying, scope, single[name])
    else {
      const places = { table: single['table'], carried: table }
      const inserted = carryInsertedQuery(carrying, scope, single[name], places)
      carried[name] = inserted.query
      carried['table'] = inserted.table
    }
  }
  if (single['update'] !== undefined) carried['update'] = carryAssignments(carrying, scope, single['update'])
  if (isPlainObject(single['counter']))
    carried['counter'] = carryCounters(carrying, scope, single['counter'], carried['update'])
  if (single['onConflict'] !== undefined) carryConflict(carrying, scope, single, carried)
  const { returning } = single
  if (returning !== undefined && returning !== null) {
    const items = Array.isArray(returning) ? (returning as unknown[]) : [returning]
    carried['returning'] = items.flatMap((item) => carryItem(carrying, scope, item))
  }
  return carried
}

function carryRows(carrying: Carrying, scope: Scope, rows: unknown): unknown {
  const many = Array.isArray(rows)
  const carried = (many ? (rows as unknown[]) : [rows]).map((row) => carryAssignments(carrying, scope, row))
  numberRows(carrying, scope, carried)
  return many ? carried : carried[0]
}

/** Where NULL asks for the next number, and a row of several that lacks the column gets NULL, the target must be asked in its own way. */
function numberRows(carrying: Carrying, scope: Scope, rows: readonly unknown[]): void {
  const [written] = scope.visible
  const counter = written?.table == null ? null : carrying.counterOf(written.table)
  if (counter === null || !carrying.from.nullCounts || carrying.to.nullCounts) return
  const name = identifierText([counter])
  if (!rows.some((row) => isPlainObject(row) && name in row)) return
  for (const row of rows) if (isPlainObject(row)) row[name] ??= carrying.target.raw('DEFAULT')
}

/** Any object counts as a row: apps insert instances of their own classes too. */
function carryAssignments(carrying: Carrying, scope: Scope, row: unknown): unknown {
  if (typeof row !== 'object' || row === null) return row
  if (isRaw(row) || isBuilder(row)) return carryValue(carrying, scope, row)
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      carryAssigned(carrying, scope, column),
      carryValue(carrying, scope, value),
    ]),
  )
}

function carryAssigned(carrying: Carrying, scope: Scope, column: string): string {
  const { segments } = readIdentifier(carrying, column)
  return identifierText(resolveColumn(carrying, scope, segments).segments)
}

/** Knex warns when a column stands in both; on the second compilation of one builder it always does. */
function carryCounters(
  carrying: Carrying,
  scope: Scope,
  counters: Record<string, unknown>,
  update: unknown,
): Record<string, unknown> {
  const assigned = new Set(isPlainObject(update) ? Object.keys(update) : [])
  const entries = Object.entries(counters).map(([column, amount]): [string, unknown] => [
    carryAssigned(carrying, scope, column),
    amount,
  ])
  return Object.fromEntries(entries.filter(([column]) => !assigned.has(column)))
}

function carryConflict(
  carrying: Carrying,
  scope: Scope,
  single: Record<string, unknown>,
  carried: Record<string, unknown>,
): void {
  const { onConflict, ignore, merge } = single
  const columns = onConflict === true ? true : carryColumn(carrying, scope, onConflict)
  if (
    columns === true &&
    merge !== undefined &&
    carrying.sourceDialect === 'mysql' &&
    !carrying.sameDialect
  ) {
    carrying.refuse('onConflict() without columns before merge()')
  }
  carried['onConflict'] = columns
  if (ignore !== undefined) carried['ignore'] = ignore
  if (!isPlainObject(merge)) return
  const { updates } = merge
  const inner = withExcluded(scope)
  carried['merge'] = {
    updates: Array.isArray(updates)
      ? updates.map((column: unknown) =>
          typeof column === 'string' ? carryAssigned(carrying, scope, column) : column,
        )
      : isPlainObject(updates)
        ? carryAssignments(carrying, inner, updates)
        : updates,
  }
}

/** In a merge `excluded` stands for the row that was to be inserted. */
function withExcluded(scope: Scope): Scope {
  const inner = new Scope(scope)
  const [written] = scope.visible
  const excluded: Visible = { names: ['excluded'], table: written?.table ?? null, target: 'excluded' }
  inner.visible.push(...scope.visible, excluded)
  return inner
}

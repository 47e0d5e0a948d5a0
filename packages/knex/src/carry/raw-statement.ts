// Raw SQL that is a statement of its own.

import { scan, type ScanDialect, tablesOf } from '@twinwrite/core'
import type { Raw } from '../knex-internals.ts'
import { targetText } from '../per-side.ts'
import type { Carrying } from './carrying.ts'
import { findTable, noteUnmapped } from './find-table.ts'
import { boundTables } from './bound-name.ts'
import { Scope } from './scope.ts'
import { checkPlaces } from './raw-text.ts'
import { carryRaw } from './value.ts'

/** @param dialect of the source's server */
export function carryRawStatement(carrying: Carrying, raw: Raw, dialect: ScanDialect): Raw {
  const scope = new Scope(null)
  scope.visible.push(...boundTables(carrying, raw))
  const isPerSide = targetText(raw) !== undefined
  const text = sourceText(raw)
  const named = tablesOf(text, dialect)
  const ctes = isPerSide ? new Set<string>() : cteNames(raw.sql)
  for (const { schema, name } of named) {
    const segments = schema === null ? [name] : [schema, name]
    const table = findTable(carrying, segments)
    if (table === undefined) {
      // With a text of its own for the target, the app says itself what is there.
      if (!isPerSide && !ctes.has(name.toLowerCase())) noteUnmapped(carrying, segments)
      continue
    }
    if (isPerSide) carrying.mapped.add(table)
    else carrying.touch(table)
    scope.visible.push({ names: [name, segments.join('.')], table, target: table.names.target.name })
  }
  const carried = carryRaw(carrying, scope, raw, 'statement')
  if (!isPerSide) checkInsert(carrying, text, dialect)
  if (raw._timeout !== undefined) carried._timeout = raw._timeout
  return carried
}

/** Whether it is an insert that gives back no rows on the source. */
export function isSilentInsert(raw: Raw, dialect: ScanDialect): boolean {
  const scanned = scan(sourceText(raw), dialect)
  return scanned.kind === 'insert' && scanned.returning === null
}

function sourceText(raw: Raw): string {
  const compiled = raw.toSQL()
  return Array.isArray(compiled) ? '' : raw.client.positionBindings(compiled.sql)
}

function cteNames(sql: string): ReadonlySet<string> {
  const found = sql.matchAll(/["`]?(\w+)["`]?\s*(?:\([^()]*\)\s*)?\bas\s+(?:(?:not\s+)?materialized\s+)?\(/gi)
  return new Set([...found].map(([, name]) => (name ?? '').toLowerCase()))
}

/** What is inserted by the places of columns means others where the target has another order of them. */
function checkInsert(carrying: Carrying, text: string, dialect: ScanDialect): void {
  const scanned = scan(text, dialect)
  if (scanned.kind !== 'insert') return
  const { columns, source } = scanned
  const samePlaces = carrying.sameDialect && [...carrying.mapped].every(({ names }) => names.samePlaces)
  const byPlace = columns === null && (source.type === 'values' || source.type === 'select')
  if (byPlace && !samePlaces)
    carrying.refuse('a raw insert without named columns', { hint: 'Name the columns.' })
  if (source.type === 'select') checkPlaces(carrying, text.slice(source.range.start, source.range.end))
}

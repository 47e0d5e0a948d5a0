// Identifiers that are bound into raw SQL with `??` or `:name:`: columns, qualifiers or tables.

import type { Carrying } from './carrying.ts'
import { findTable } from './find-table.ts'
import { identifierText, parseIdentifier } from './identifier.ts'
import { resolveColumn, type Scope } from './scope.ts'

/** @param text what the app bound @param before the raw text in front of the marker @param after the text behind it */
export function carryBoundName(
  carrying: Carrying,
  scope: Scope,
  text: string,
  before: string,
  after: string,
): string {
  const parsed = parseIdentifier(text)
  const segments = parsed.segments.map((segment) => carrying.databaseName(segment))
  const alias = parsed.alias === null ? null : carrying.databaseName(parsed.alias)
  const name = segments.join('.')
  if (segments.at(-1) === '*') {
    const renamed = [...scope.reachable()].find(({ table }) => (table?.renamedColumns.length ?? 0) > 0)
    if (renamed !== undefined)
      carrying.refuse(`the bound name "${text}" in raw SQL, which covers renamed columns`)
    return text
  }
  const table = findTable(carrying, segments)
  const resolved = resolveColumn(carrying, scope, segments)
  if (resolved.renamed) {
    const place = selectItem(before, after)
    if (place === 'part')
      carrying.refuse(`the renamed column "${name}" in a result column of raw SQL without a name`)
    return identifierText(resolved.segments, alias ?? (place === 'whole' ? resolved.output : null))
  }
  const visible = scope.find(name)
  if (visible !== undefined) return identifierText([visible.target], alias)
  if (table === undefined) return identifierText(resolved.segments, alias)
  carrying.touch(table)
  const { schema, name: target } = table.names.target
  return identifierText(schema === null ? [target] : [schema, target], alias)
}

/** Whether the marker is a whole unnamed item of a result list, a part of one, or neither. */
function selectItem(before: string, after: string): 'whole' | 'part' | 'none' {
  const clause = [
    ...before.matchAll(/\b(select|returning|from|where|set|group|order|having|on|into|values|join)\b/gi),
  ].at(-1)
  const word = clause?.[1]?.toLowerCase()
  if (word !== 'select' && word !== 'returning') return 'none'
  const rest = /^[^,]*?(?=,|\bfrom\b|$)/i.exec(after)?.[0] ?? ''
  if (/\bas\b/i.test(rest)) return 'none'
  return /(?:\b(?:select|distinct|returning)|,)\s*$/i.test(before) && rest.trim() === '' ? 'whole' : 'part'
}

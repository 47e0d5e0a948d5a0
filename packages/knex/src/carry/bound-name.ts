// Identifiers that are bound into raw SQL with `??` or `:name:`: columns, qualifiers or tables.

import type { Raw } from '../knex-internals.ts'
import type { Carrying } from './carrying.ts'
import { findTable } from './find-table.ts'
import { identifierText, parseIdentifier } from './identifier.ts'
import { resolveColumn, type Scope, type Visible } from './scope.ts'

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
  const qualifies = table === undefined || /^["`]?\s*\./.test(after)
  if (visible !== undefined && qualifies) return identifierText([visible.target], alias)
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

/** Mapped tables that raw SQL binds as names, by which its columns can be known. */
export function boundTables(carrying: Carrying, raw: Raw): Visible[] {
  return [...boundNames(raw)].flatMap((text) => {
    const segments = parseIdentifier(text).segments.map((segment) => carrying.databaseName(segment))
    const table = findTable(carrying, segments)
    if (table === undefined) return []
    carrying.touch(table)
    const names = [segments.at(-1) ?? '', segments.join('.')]
    return [{ names, table, target: table.names.target.name }]
  })
}

function* boundNames(raw: Raw): Generator<string> {
  if (Array.isArray(raw.bindings)) {
    const bindings: unknown[] = raw.bindings
    let index = 0
    for (const [found] of raw.sql.matchAll(/\\?\?\??/g)) {
      if (found === String.raw`\?`) continue
      if (found === '??') yield* texts(bindings[index])
      index++
    }
  } else if (typeof raw.bindings === 'object' && raw.bindings !== null) {
    const bindings = raw.bindings as Record<string, unknown>
    for (const [, name] of raw.sql.matchAll(/(?<!\\):(\w+):(?!:)/g))
      if (name !== undefined) yield* texts(bindings[name])
  }
}

function* texts(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value
  else if (Array.isArray(value)) for (const one of value) yield* texts(one)
}

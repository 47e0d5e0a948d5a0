// Raw SQL that is a statement of its own.

import type { TableRef } from '@twinwrite/core'
import type { Raw } from '../knex-internals.ts'
import { targetText } from '../per-side.ts'
import type { Carrying } from './carrying.ts'
import { findTable, noteUnmapped } from './find-table.ts'
import { parseIdentifier } from './identifier.ts'
import { Scope } from './scope.ts'
import { carryRaw } from './value.ts'

/** Tables that a text of the source's dialect names in the places of tables. */
export type TablesOf = (sql: string) => readonly TableRef[]

export function carryRawStatement(carrying: Carrying, raw: Raw, tablesOf: TablesOf): Raw {
  const scope = new Scope(null)
  for (const text of boundNames(raw)) {
    const segments = parseIdentifier(text).segments.map((segment) => carrying.databaseName(segment))
    const table = findTable(carrying, segments)
    if (table === undefined) continue
    carrying.touch(table)
    const names = [segments.at(-1) ?? '', segments.join('.')]
    scope.visible.push({ names, table, target: table.names.target.name })
  }
  const isPerSide = targetText(raw) !== undefined
  const named = tablesOf(sourceText(raw))
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
  if (!carrying.sameDialect && insertsWithoutColumns(raw))
    carrying.refuse('a raw insert without named columns')
  if (raw._timeout !== undefined) carried._timeout = raw._timeout
  return carried
}

function sourceText(raw: Raw): string {
  const compiled = raw.toSQL()
  return Array.isArray(compiled) ? '' : raw.client.positionBindings(compiled.sql)
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

function cteNames(sql: string): ReadonlySet<string> {
  const found = sql.matchAll(/["`]?(\w+)["`]?\s*(?:\([^()]*\)\s*)?\bas\s+(?:(?:not\s+)?materialized\s+)?\(/gi)
  return new Set([...found].map(([, name]) => (name ?? '').toLowerCase()))
}

function insertsWithoutColumns(raw: Raw): boolean {
  if (targetText(raw) !== undefined) return false
  return /^\s*(?:insert|replace)\b[^(]*\b(?:values|select)\b/i.test(raw.sql)
}

// What a text of raw SQL, in the source's dialect and names, can mean on the target. It is never rewritten: a text of another
// dialect, or one that names what is called differently there, is refused. Errs on the side of refusing.

import { type AdapterMigration, scan, type TableNames, TwinwriteError } from '@twinwrite/core'
import type { AdapterEngine } from './adapter-engine.ts'
import { textsOf } from './per-side.ts'
import type { EngineQuery } from './prisma-internals.ts'

export interface RawSides {
  readonly source: AdapterEngine
  readonly target: AdapterEngine
}

export function isRaw({ action }: EngineQuery): boolean {
  return action === 'queryRaw' || action === 'executeRaw'
}

/** The query with the source's text alone. */
export function rawForSource(query: EngineQuery): EngineQuery {
  const text = textOf(query)
  return text.includes('/*twinwrite ') ? withText(query, textsOf(text, String).source) : query
}

/** @throws TwinwriteError `TW_DIALECT_CROSSED` when it can't run on the target */
export function rawForTarget(query: EngineQuery, sides: RawSides, migration: AdapterMigration): EngineQuery {
  const numbered = sides.target.name === 'postgres'
  const { source, target } = textsOf(textOf(query), (position) => (numbered ? `$${position}` : '?'))
  if (target !== undefined) return withText(query, target)
  if (sides.source.name !== sides.target.name) throw crossed(source, 'of another dialect', migration)
  const why = conflict(source, migration)
  if (why !== null) throw crossed(source, `which ${why}`, migration)
  return query
}

/** Whether raw SQL names tables, and none of them is mapped: it stays on the source. */
export function staysOnSource(query: EngineQuery, migration: AdapterMigration): boolean {
  const text = textOf(query)
  if (text.includes('/*twinwrite ')) return false
  const named = tablesIn(text, migration)
  return (
    named.length > 0 &&
    !named.some((name) => isMapped(name, migration.tables)) &&
    !namesMapped(text, migration)
  )
}

function tablesIn(text: string, migration: AdapterMigration): readonly string[] {
  const scanned = scan(text, migration.engines.source)
  switch (scanned.kind) {
    case 'read':
      return scanned.tables.map(({ name }) => name)
    case 'insert':
      return [scanned.table.name]
    case 'update':
    case 'delete':
      return scanned.targets.map(({ name }) => name)
    default:
      return []
  }
}

function isMapped(name: string, tables: readonly TableNames[]): boolean {
  return tables.some(({ source }) => source.name.toLowerCase() === name.toLowerCase())
}

function namesMapped(text: string, migration: AdapterMigration): boolean {
  const words = wordsOf(text)
  return migration.tables.some(({ source }) => hasAll(words, source.name))
}

function conflict(text: string, { tables }: AdapterMigration): string | null {
  const words = wordsOf(text)
  for (const { source, target, renamed, converted } of tables) {
    if (!hasAll(words, source.name)) continue
    if (source.name !== target.name) return `names the renamed table "${source.name}"`
    if (source.schema !== target.schema) return `names table "${source.name}" of another schema`
    if (converted) return `names table "${source.name}", whose rows are converted`
    const column = [...renamed.keys()].find((name) => hasAll(words, name))
    if (column !== undefined) return `names the renamed column "${column}"`
    if (renamed.size > 0 && text.includes('*')) return `may select renamed columns of "${source.name}"`
  }
  return null
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.toLowerCase().match(/[\w$\u0080-\uffff]+/g))
}

function hasAll(words: ReadonlySet<string>, name: string): boolean {
  const parts = name.toLowerCase().match(/[\w$\u0080-\uffff]+/g) ?? []
  return parts.length > 0 && parts.every((part) => words.has(part))
}

function textOf({ query }: EngineQuery): string {
  return String(query.arguments?.['query'] ?? '')
}

function withText(query: EngineQuery, text: string): EngineQuery {
  return { ...query, query: { ...query.query, arguments: { ...query.query.arguments, query: text } } }
}

function crossed(text: string, why: string, { engines }: AdapterMigration): TwinwriteError {
  const shown = text.length > 60 ? `${text.slice(0, 57)}...` : text
  return new TwinwriteError(
    'TW_DIALECT_CROSSED',
    `raw SQL ${JSON.stringify(shown)} ${why} cannot be carried to the target (${engines.target})`,
    { hint: 'Give it per side with `perSide`, or use a model operation.' },
  )
}

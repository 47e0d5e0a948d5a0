// The little piece of raw SQL that all three dialects read the same: plain queries, arithmetic, comparisons, logic, CASE and
// a few functions over bound values, bound names, plain literals and lower-case column names. No writes: what they answer
// with differs. Everything else needs a text per side.

import type { Carrying } from './carrying.ts'
import { resolveColumn, type Scope } from './scope.ts'

const token =
  /\s+|\\\?|\?\??|:\w+:?|'[^'\\]*'|\d+(?:\.\d+)?|[A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*)*|<>|<=|>=|!=|[=<>+\-*(),]/y

const words = new Set(
  (
    'and or not is null in between case when then else end asc desc as distinct select default current_timestamp ' +
    'count sum min max coalesce nullif abs lower upper ' +
    'from where group order by having limit offset join inner left on union all exists'
  ).split(' '),
)

/** Whether the text means the same in the source's and in the target's dialect. */
export function isPortable(carrying: Carrying, scope: Scope, text: string): boolean {
  if (knownText(carrying, text) !== undefined) return true
  let afterAs = false
  for (token.lastIndex = 0; token.lastIndex < text.length;) {
    const found = token.exec(text)?.[0]
    if (found === undefined || found === String.raw`\?`) return false
    if (/^\s/.test(found)) continue
    const word = /^[A-Za-z_]/.test(found) ? found : null
    if (word !== null && !words.has(word.toLowerCase()) && !afterAs && !isPlainName(carrying, scope, word))
      return false
    afterAs = word?.toLowerCase() === 'as'
  }
  return true
}

/** The target's text for texts that Knex itself makes: `knex.fn.now()` and `knex.fn.uuid()`. */
export function knownText(carrying: Carrying, text: string): string | undefined {
  if (text === carrying.from.uuid) return carrying.to.uuid
  if (!/^CURRENT_TIMESTAMP(?:\(\d\))?$/.test(text)) return undefined
  return carrying.targetDialect === 'sqlite' ? carrying.to.now : text
}

/** A lower-case table in sight or column of one, of the same name on both sides: quoted or not, it means the same. */
function isPlainName(carrying: Carrying, scope: Scope, word: string): boolean {
  const segments = word.split('.').map((segment) => segment.trim())
  if (word !== word.toLowerCase() || segments.length > 2) return false
  if (segments[0] === 'excluded')
    return carrying.sourceDialect !== 'mysql' && carrying.targetDialect !== 'mysql'
  const name = segments.at(-1) ?? ''
  const tables = [...scope.reachable()].flatMap(({ table }) => (table === null ? [] : [table]))
  if (
    segments.length === 1 &&
    tables.some((table) => !table.tableRenamed && table.names.source.name === name)
  )
    return true
  const known = tables.some((table) => table.column(name)?.target === name)
  return known && !resolveColumn(carrying, scope, segments).renamed
}

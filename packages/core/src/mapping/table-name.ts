// Names of tables as they stand in the user's config: `orders`, `shop.orders`, and with double quotes where a name
// holds a dot: `"my.schema"."orders"` (a quote inside is doubled). Parsed text only ever becomes a bound value or a quoted
// identifier. Upholds W14.

import type { TableRef } from '../catalog.ts'

const quoted = /^"((?:[^"]|"")+)"/
const bare = /^[^."][^.]*/

/** The table that a name in the config means; null when the text is no such name. */
export function parseTableName(text: string): TableRef | null {
  const parts: string[] = []
  let rest = text
  for (;;) {
    const found = quoted.exec(rest) ?? bare.exec(rest)
    if (found === null) return null
    parts.push(found[1]?.replaceAll('""', '"') ?? found[0])
    rest = rest.slice(found[0].length)
    if (rest === '') break
    if (!rest.startsWith('.')) return null
    rest = rest.slice(1)
  }
  const [first, second] = parts
  if (first === undefined || parts.length > 2) return null
  return second === undefined ? { schema: null, name: first } : { schema: first, name: second }
}

/** Text of a table for messages; `parseTableName` reads it back. */
export function tableText(ref: TableRef): string {
  return ref.schema === null ? part(ref.name) : `${part(ref.schema)}.${part(ref.name)}`
}

export function sameTable(left: TableRef, right: TableRef): boolean {
  return left.name === right.name && left.schema === right.schema
}

function part(name: string): string {
  return name.includes('.') || name.startsWith('"') ? `"${name.replaceAll('"', '""')}"` : name
}

// Identifiers as Knex reads them out of strings (knex/lib/formatter/wrappingFormatter.js, `wrapString`):
// 'schema.table.column as alias', the first ' as ' in any case, segments and alias trimmed.

export interface Identifier {
  readonly segments: readonly string[]
  readonly alias: string | null
}

export function parseIdentifier(text: string): Identifier {
  const as = / as /i.exec(text)
  const name = as === null ? text : text.slice(0, as.index)
  const alias = as === null ? null : text.slice(as.index + as[0].length).trim()
  return { segments: name.split('.').map((segment) => segment.trim()), alias }
}

/** Text from which Knex reads the same identifier again. */
export function identifierText(segments: readonly string[], alias: string | null = null): string {
  const name = segments.join('.')
  return alias === null ? name : `${name} as ${alias}`
}

/** Whether a name can stand as a segment in a Knex string at all. */
export function isExpressible(name: string): boolean {
  return name.trim() === name && name !== '' && !name.includes('.') && !/ as /i.test(name)
}

/** PostgreSQL's `tags[1]`: the name and the accessor behind it. */
export function splitAccessor(segment: string): readonly [name: string, accessor: string] {
  const found = /^(.*?)((?:\[\d+\])+)$/.exec(segment)
  return found === null ? [segment, ''] : [found[1] ?? segment, found[2] ?? '']
}

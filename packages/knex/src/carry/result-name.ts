// Names of result columns that the app did not name: PostgreSQL calls them after the function, MySQL and SQLite after
// the text of the expression. After the switch they keep the names that the source gave them.

import type { Builder, BuilderStatement, QueryCompiler, Raw } from '../knex-internals.ts'
import type { Carrying } from './carrying.ts'
import type { DialectName } from './dialect.ts'

export type ExpressionKind = 'aggregate' | 'aggregateRaw' | 'analytic' | 'json'

/** What the source calls the expression's column, where the target would call it differently; else null. */
export function keptResultName(
  carrying: Carrying,
  builder: Builder,
  kind: ExpressionKind,
  own: BuilderStatement,
  carried: BuilderStatement,
): string | null {
  if (carrying.sameDialect && carrying.sourceDialect === 'postgres') return null
  const compile = (side: 'source' | 'target', statement: BuilderStatement): string => {
    const compiler = carrying[side].queryCompiler(builder, [])
    return nameOf(carrying[`${side}Dialect`], compileOne(compiler, kind, statement))
  }
  const name = compile('source', own)
  return name === compile('target', carried) ? null : name
}

function compileOne(compiler: QueryCompiler, kind: ExpressionKind, statement: BuilderStatement): string {
  const compiled = compiler[kind](statement)
  return typeof compiled === 'string' ? compiled : compiled.join(', ')
}

/** The name that a server gives to an unnamed expression. */
export function nameOf(dialect: DialectName, expression: string): string {
  const column = /^(?:["`]?\w+["`]?\.)*["`]?([A-Za-z_]\w*)["`]?$/.exec(expression)?.[1]
  if (column !== undefined) return column
  if (dialect !== 'postgres') return expression
  return (
    /^(\w+)\(|^(case)\b/i
      .exec(expression)
      ?.slice(1)
      .find((name) => name !== undefined)
      ?.toLowerCase() ?? '?column?'
  )
}

/** A name as raw SQL: unlike a Knex string it may hold dots. */
export function quotedName(carrying: Carrying, name: string): Raw {
  const quote = carrying.targetDialect === 'postgres' ? '"' : '`'
  const text = quote + name.replaceAll(quote, quote + quote) + quote
  return carrying.target.raw(text.replaceAll('?', String.raw`\?`))
}

// SQL text with its bound values, as a template tag. Only other fragments and bound values can be interpolated, never a
// plain string, so a value can't become SQL by accident; `raw` is for text that a dialect has made. Upholds W14.

import type { Statement } from '@twinwrite/core'

/** SQL text in pieces; between two pieces stands one bound value. */
export class Sql {
  readonly texts: readonly string[]
  readonly values: readonly unknown[]

  constructor(texts: readonly string[], values: readonly unknown[]) {
    this.texts = texts
    this.values = values
  }
}

/** Text made by this package itself: quoted identifiers, canonical expressions, constant SQL. */
export function raw(text: string): Sql {
  return new Sql([text], [])
}

/** A value that the driver binds. */
export function value(bound: unknown): Sql {
  return new Sql(['', ''], [bound])
}

export const nothing: Sql = raw('')

export function sql(pieces: TemplateStringsArray, ...inserts: readonly Sql[]): Sql {
  const texts = [pieces[0]!]
  const values: unknown[] = []
  for (const [index, insert] of inserts.entries()) {
    append(texts, values, insert)
    texts[texts.length - 1] += pieces[index + 1]!
  }
  return new Sql(texts, values)
}

export function join(items: readonly Sql[], separator: string): Sql {
  const texts = ['']
  const values: unknown[] = []
  for (const [index, item] of items.entries()) {
    if (index > 0) texts[texts.length - 1] += separator
    append(texts, values, item)
  }
  return new Sql(texts, values)
}

function append(texts: string[], values: unknown[], part: Sql): void {
  texts[texts.length - 1] += part.texts[0]!
  for (let index = 0; index < part.values.length; index++) {
    values.push(part.values[index])
    texts.push(part.texts[index + 1]!)
  }
}

/** @param placeholder text of the 1-based placeholder */
export function render(part: Sql, placeholder: (position: number) => string): Statement {
  let text = part.texts[0]!
  for (let index = 0; index < part.values.length; index++)
    text += placeholder(index + 1) + part.texts[index + 1]!
  return { sql: text, bindings: part.values }
}

/** Where nothing can be bound: every value must be a text. */
export function renderLiteral(part: Sql, literal: (text: string) => string): string {
  let text = part.texts[0]!
  for (const [index, bound] of part.values.entries()) {
    if (typeof bound !== 'string') throw new TypeError('only a text has a literal here')
    text += literal(bound) + part.texts[index + 1]!
  }
  return text
}

const slot = '\u0001'

/** An expression around bound values, where the expression is made by a function of placeholder texts (`SqlDialect.typed`). */
export function around(build: (placeholder: string) => string, bound: unknown): Sql {
  const texts = build(slot).split(slot)
  return new Sql(
    texts,
    texts.slice(1).map(() => bound),
  )
}

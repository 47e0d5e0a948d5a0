// What `perSide` of core gives, and the same for what `Prisma.sql` and TypedSQL give: the target's text travels in the source's.

import { perSide as perSideTexts, sideTexts } from '@twinwrite/core'
import { invalid } from './options.ts'

/** What `Prisma.sql` gives. */
export interface SqlObject {
  readonly strings: readonly string[]
  readonly values: readonly unknown[]
}

/** What a function of TypedSQL gives. */
export interface TypedSqlObject {
  readonly sql: string
  readonly values: readonly unknown[]
}

/** Stands where a parameter does in a text that is not numbered yet. */
const parameter = '\u0000'

/**
 * Gives raw SQL per side: texts for `$queryRawUnsafe` and `$executeRawUnsafe`, what `Prisma.sql` gives for `$queryRaw` and
 * `$executeRaw`, or TypedSQL of both clients for `$queryRawTyped`. Both take the same values in the same order.
 * @throws TwinwriteError `TW_CONFIG_INVALID`
 * @example
 * await prisma.$queryRaw(perSide(Prisma.sql`SELECT now() AS t`, Prisma.sql`SELECT datetime('now') AS t`))
 * await prisma.$executeRawUnsafe(perSide('UPDATE "Item" SET n = $1', 'UPDATE items SET n = ?'), 5)
 */
export function perSide(source: string, target: string): string
export function perSide<T extends SqlObject | TypedSqlObject>(source: T, target: T): T
export function perSide(source: Raw, target: Raw): Raw {
  if (typeof source === 'string' || typeof target === 'string') {
    return perSideTexts(source as string, target as string)
  }
  const same =
    source.values.length === target.values.length &&
    source.values.every((value, index) => Object.is(value, target.values[index]))
  if (!same)
    throw invalid(`perSide() was given other values for the target of ${JSON.stringify(textOf(source))}`)
  const Class = source.constructor as new (
    text: string | readonly string[],
    values: readonly unknown[],
  ) => Raw
  if (isTyped(source) || isTyped(target)) {
    // Its parameters are numbered already.
    return new Class(perSideTexts(textOf(source), textOf(target)), source.values)
  }
  const last = source.strings.at(-1) ?? ''
  const pair = perSideTexts(last, target.strings.join(parameter))
  return new Class([...source.strings.slice(0, -1), pair], source.values)
}

type Raw = string | SqlObject | TypedSqlObject

function isTyped(given: SqlObject | TypedSqlObject): given is TypedSqlObject {
  return !('strings' in given)
}

function textOf(given: SqlObject | TypedSqlObject): string {
  return isTyped(given) ? given.sql : given.strings.join('?')
}

/** Texts of raw SQL for both sides; `target` is undefined where the app gave none. */
export function textsOf(
  text: string,
  placeholder: (position: number) => string,
): { readonly source: string; readonly target: string | undefined } {
  const { source, target } = sideTexts(text)
  if (!target?.includes(parameter)) return { source, target }
  let position = 0
  return { source, target: target.replaceAll(parameter, () => placeholder(++position)) }
}

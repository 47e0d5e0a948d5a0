// Values in a statement: bound ones stay as they are, raw SQL, references and queries are carried.

import { isBuilder, isPlainObject, isRaw, isRef, type Raw, type Ref } from '../knex-internals.ts'
import { targetText } from '../per-side.ts'
import { carryBoundName } from './bound-name.ts'
import type { Carrying } from './carrying.ts'
import { identifierText, parseIdentifier } from './identifier.ts'
import { knownText } from './portable.ts'
import { checkRawText, type RawPlace } from './raw-text.ts'
import { resolveColumn, type Resolved, type Scope } from './scope.ts'
import { carrySubquery } from './subquery.ts'

export function carryValue(carrying: Carrying, scope: Scope, value: unknown): unknown {
  if (isRaw(value)) return carryRaw(carrying, scope, value, 'expression')
  if (isBuilder(value) || typeof value === 'function') return carrySubquery(carrying, scope, value).value
  if (!Array.isArray(value)) return value
  return value.some((one) => typeof one === 'object' || typeof one === 'function')
    ? value.map((one) => carryValue(carrying, scope, one))
    : value
}

export function carryRaw(carrying: Carrying, scope: Scope, raw: Raw, place: RawPlace): Raw {
  if (isRef(raw)) return carryRef(carrying, scope, raw)
  const other = targetText(raw)
  const text = other ?? knownText(carrying, raw.sql) ?? raw.sql
  const around = [raw._wrappedBefore, raw._wrappedAfter].filter((part) => part !== undefined)
  for (const part of other === undefined ? [raw.sql, ...around] : around)
    checkRawText(carrying, scope, part, place)
  const carried = carrying.target.raw(text, carryBindings(carrying, scope, text, raw.bindings))
  if (raw._wrappedBefore !== undefined) carried._wrappedBefore = raw._wrappedBefore
  if (raw._wrappedAfter !== undefined) carried._wrappedAfter = raw._wrappedAfter
  return carried
}

export function carryRef(carrying: Carrying, scope: Scope, ref: Ref): Ref {
  const { resolved, alias } = readRef(carrying, scope, ref)
  const carried = carrying.target.ref(identifierText(resolved.segments))
  carried._alias = alias
  return carried
}

export function readRef(
  carrying: Carrying,
  scope: Scope,
  ref: Ref,
): { readonly resolved: Resolved; readonly alias: string | null } {
  const parsed = readIdentifier(carrying, ref._schema === null ? ref.ref : `${ref._schema}.${ref.ref}`)
  const alias = ref._alias === null ? parsed.alias : carrying.databaseName(ref._alias)
  return { resolved: resolveColumn(carrying, scope, parsed.segments), alias }
}

/** Reads an identifier and gives every part the database's name. */
export function readIdentifier(
  carrying: Carrying,
  text: string,
): { readonly segments: readonly string[]; readonly alias: string | null } {
  const { segments, alias } = parseIdentifier(text)
  return {
    segments: segments.map((segment) => carrying.databaseName(segment)),
    alias: alias === null ? null : carrying.databaseName(alias),
  }
}

/** `?` takes values; `??` and `:name:` take identifiers. Both spellings as in knex/lib/formatter/rawFormatter.js. */
function carryBindings(carrying: Carrying, scope: Scope, text: string, bindings: unknown): unknown {
  if (Array.isArray(bindings)) {
    const carried: unknown[] = bindings.map((value) => carryValue(carrying, scope, value))
    let index = 0
    for (const { 0: found, index: at } of text.matchAll(/\\?\?\??/g)) {
      if (found === String.raw`\?`) continue
      if (found === '??' && index < bindings.length) {
        const around = [text.slice(0, at), text.slice(at + found.length)] as const
        carried[index] = carryBound(carrying, scope, bindings[index], around)
      }
      index++
    }
    return carried
  }
  if (!isPlainObject(bindings)) return bindings
  const carried = new Map(
    Object.entries(bindings).map(([key, value]) => [key, carryValue(carrying, scope, value)]),
  )
  for (const found of text.matchAll(/\\?(:(\w+):(?=::)|:(\w+):(?!:)|:(\w+))/g)) {
    const key = found[2] ?? found[3]
    if (key === undefined || found[0].startsWith('\\') || !carried.has(key)) continue
    const around = [text.slice(0, found.index), text.slice(found.index + found[0].length)] as const
    carried.set(key, carryBound(carrying, scope, bindings[key], around))
  }
  return Object.fromEntries(carried)
}

function carryBound(
  carrying: Carrying,
  scope: Scope,
  value: unknown,
  around: readonly [before: string, after: string],
): unknown {
  if (Array.isArray(value)) return value.map((one) => carryBound(carrying, scope, one, around))
  if (typeof value !== 'string') return carryValue(carrying, scope, value)
  return carryBoundName(carrying, scope, value, ...around)
}

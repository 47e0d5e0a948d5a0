// The first place in which two answers differ. Rows without an order are the same as long as each has a partner.

import type { Comparable } from './comparable.ts'

export interface Difference {
  readonly path: string
  /** Texts of both values, shortened. */
  readonly primary: string
  readonly secondary: string
}

export interface Comparison {
  /** Whether the rows of the answer come in an order that counts. */
  readonly ordered: boolean
  /** Whether a member of a row, by its name, is left out. */
  ignores(name: string): boolean
  /** Whether a member holds a loss that was accepted: fraction digits, and times of day. */
  loses(name: string): boolean
  /** Whether a difference is none after all. */
  forgives(difference: Difference): boolean
}

/** Null: the same. */
export function firstDifference(
  primary: Comparable,
  secondary: Comparable,
  comparison: Comparison,
): Difference | null {
  const { ignores, loses, forgives } = comparison

  const unlike = (path: string, a: Comparable, b: Comparable): Difference | null => {
    const found = { path: path === '' ? 'answer' : path, primary: shown(a), secondary: shown(b) }
    return forgives(found) ? null : found
  }

  const differ = (
    a: Comparable,
    b: Comparable,
    path: string,
    name: string,
    ordered: boolean,
  ): Difference | null => {
    if (typeof a === 'string' && typeof b === 'string') {
      return a === b || (loses(name) && sameButLoss(a, b)) ? null : unlike(path, a, b)
    }
    if (isList(a) && isList(b)) return listsDiffer(a, b, path, name, ordered)
    if (a instanceof Map && b instanceof Map) return membersDiffer(a, b, path)
    return unlike(path, a, b)
  }

  const membersDiffer = (
    a: ReadonlyMap<string, Comparable>,
    b: ReadonlyMap<string, Comparable>,
    path: string,
  ): Difference | null => {
    for (const name of new Set([...a.keys(), ...b.keys()])) {
      if (ignores(name)) continue
      const found = differ(
        a.get(name) ?? none,
        b.get(name) ?? none,
        path === '' ? name : `${path}.${name}`,
        name,
        false,
      )
      if (found !== null) return found
    }
    return null
  }

  const listsDiffer = (
    a: readonly Comparable[],
    b: readonly Comparable[],
    path: string,
    name: string,
    ordered: boolean,
  ): Difference | null => {
    if (a.length !== b.length) return unlike(`${path}.length`, `n${a.length}`, `n${b.length}`)
    const scalars = a.every((one) => typeof one === 'string')
    if (ordered || (scalars && path !== '')) return inTurn(a, b, path, name)
    return withPartners(a, b, path, name)
  }

  const inTurn = (
    a: readonly Comparable[],
    b: readonly Comparable[],
    path: string,
    name: string,
  ): Difference | null => {
    for (const [at, one] of a.entries()) {
      const found = differ(one, b[at]!, `${path}[${at}]`, name, false)
      if (found !== null) return found
    }
    return null
  }

  const withPartners = (
    a: readonly Comparable[],
    b: readonly Comparable[],
    path: string,
    name: string,
  ): Difference | null => {
    const alone = new Map<string, number[]>()
    for (const [at, one] of b.entries()) {
      const text = textOf(one)
      alone.set(text, [...(alone.get(text) ?? []), at])
    }
    const rest = a.flatMap((one, at) => (alone.get(textOf(one))?.pop() === undefined ? [at] : []))
    const others = new Set([...alone.values()].flat())
    for (const at of rest) {
      const partner = [...others].find((other) => differ(a[at]!, b[other]!, '', name, false) === null)
      if (partner === undefined) return closest(a, b, at, others, path, name)
      others.delete(partner)
    }
    return null
  }

  /** Says more than that a row is alone where one of the others stands at its place. */
  const closest = (
    a: readonly Comparable[],
    b: readonly Comparable[],
    at: number,
    others: ReadonlySet<number>,
    path: string,
    name: string,
  ): Difference | null => {
    const other = others.has(at) ? at : [...others][0]!
    return differ(a[at]!, b[other]!, `${path}[${at}]`, name, false)
  }

  return differ(primary, secondary, '', '', comparison.ordered)
}

const none: Comparable = '-'
const longest = 60

function isList(value: Comparable): value is readonly Comparable[] {
  return Array.isArray(value)
}

function shown(value: Comparable): string {
  const text = value === none ? 'null' : typeof value === 'string' ? value.slice(1) : textOf(value)
  return text.length > longest ? `${text.slice(0, longest - 3)}...` : text
}

function textOf(value: Comparable): string {
  return JSON.stringify(value, (_name, inner: unknown) =>
    inner instanceof Map ? Object.fromEntries([...inner].toSorted(([a], [b]) => (a < b ? -1 : 1))) : inner,
  )
}

/** Fraction digits that one side does not hold, times of day cut to a date or to a second. */
function sameButLoss(a: string, b: string): boolean {
  if (a[0] === 'n' && b[0] === 'n') {
    const [x, y] = [Number(a.slice(1)), Number(b.slice(1))]
    const [fewer = 0, more = 0] = [fractionDigits(a), fractionDigits(b)].toSorted((one, other) => one - other)
    if (more === 0) return false
    const apart = Math.abs(x - y)
    return (fewer < more && apart < 10 ** -fewer) || apart <= 1e-6 * Math.max(Math.abs(x), Math.abs(y))
  }
  if (a[0] === 't' && b[0] === 't') {
    const [x, y] = [Date.parse(a.slice(1)), Date.parse(b.slice(1))]
    if (Math.abs(x - y) <= 1000) return true
    const [earlier, later] = [Math.min(x, y), Math.max(x, y)]
    return new Date(earlier).setHours(0, 0, 0, 0) === earlier && later - earlier < 86_400_000
  }
  return false
}

function fractionDigits(number: string): number {
  const point = number.indexOf('.')
  return point < 0 ? 0 : number.length - point - 1
}

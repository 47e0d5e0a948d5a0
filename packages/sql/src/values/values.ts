// How one engine's columns become canonical texts and back (see ColumnKind); each engine's folder has one of these.

import type { Column } from '@twinwrite/core'
import { Misfit } from './fit.ts'

export interface Values {
  /** SQL expression of the canonical text, whatever the settings of the session that runs it. */
  canonical(column: Column, expression: string): string
  /**
   * SQL of a text of our own sessions that is the same on every engine only for equal values, and for most of them; null: there is
   * none for this kind. @param other counterpart of the same kind
   */
  comparable(column: Column, expression: string, other: Column): string | null
  /**
   * SQL expression of the column's own type from a canonical text, in which `expression` stands exactly once on engines with `?`.
   * @param text which one, where it is known: SQLite has a form of its own for some
   */
  typed(column: Column, expression: string, text?: string): string
  /**
   * What our own sessions bind for a canonical text.
   * @throws Misfit when the column would not hold exactly this value
   */
  bind(column: Column, text: string): unknown
  /** SQL expression of the column's own type from what `bind` gave, in our own sessions. */
  stored(column: Column, expression: string): string
  /** Canonical text of what a driver gave for `canonical`; not needed for kinds that can be keys. */
  read(column: Column, given: unknown): string | null
}

/** A driver's value that should be text, as it came from `canonical`. */
export function givenText(column: Column, given: unknown): string | null {
  switch (typeof given) {
    case 'string':
      return given
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(given)
    default:
      if (given === null || given === undefined) return null
      throw new Misfit(column, 'holds bytes where its type has none')
  }
}

/** Whether every value of the two is written with the same number of fraction digits. */
export function hasScaleOf(column: Column, other: Column): boolean {
  return column.scale !== null && column.scale === other.scale
}

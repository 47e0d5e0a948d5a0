// `columns IN (tuples)` for canonical texts, in the form that each engine answers through an index.

import type { Column } from '../catalog.ts'
import type { SqlDialect } from '../dialect.ts'
import { captureTraits, type CaptureTraits } from './capture-traits.ts'
import type { SqlText } from './sql-text.ts'
import { qualified } from './touched-key.ts'

export type Tuple = readonly string[]

/** Most tuples in one SELECT of ours (SQLite allows 32,766 values in a statement). */
export const tuplesPerRead = 2_000

/** Adds the condition that the columns of `reference` equal one of the tuples; never true when there are none. */
export function addTuples(
  text: SqlText,
  dialect: SqlDialect,
  reference: string | null,
  columns: readonly Column[],
  tuples: readonly Tuple[],
): void {
  if (tuples.length === 0) text.add('1=0')
  else if (tuples.length === 1) addOne(text, dialect, reference, columns, tuples[0]!)
  else forms[captureTraits[dialect.engine].tuples](text, dialect, reference, columns, tuples)
}

function addOne(
  text: SqlText,
  dialect: SqlDialect,
  reference: string | null,
  columns: readonly Column[],
  tuple: Tuple,
): void {
  columns.forEach((column, index) => {
    const name = qualified(dialect, reference, column.name)
    text.add(`${index > 0 ? ' AND ' : ''}${name} = `).typed(column, tuple[index]!)
  })
}

type Form = (
  text: SqlText,
  dialect: SqlDialect,
  reference: string | null,
  columns: readonly Column[],
  tuples: readonly Tuple[],
) => void

const forms: Record<CaptureTraits['tuples'], Form> = {
  // One array per column: any number of tuples in one plan.
  arrays: (text, dialect, reference, columns, tuples) => {
    const names = columns.map((column) => qualified(dialect, reference, column.name))
    const typed = columns.map((column, index) => dialect.typed(column, `"_tw_u"."p${index}"`))
    const parts = columns.map((_, index) => `p${index}`)
    text.add(`${row(names)} IN (SELECT ${typed.join(', ')} FROM unnest(`)
    columns.forEach((_, index) => {
      const texts = tuples.map((tuple) => tuple[index])
      text
        .add(index > 0 ? ', ' : '')
        .value(texts)
        .add('::text[]')
    })
    text.add(`) AS "_tw_u"(${parts.join(', ')}))`)
  },
  rows: (text, dialect, reference, columns, tuples) => {
    text.add(`${row(columns.map((column) => qualified(dialect, reference, column.name)))} IN (`)
    addList(text, columns, tuples, false)
    text.add(')')
  },
  values: (text, dialect, reference, columns, tuples) => {
    text.add(`${row(columns.map((column) => qualified(dialect, reference, column.name)))} IN (`)
    if (columns.length > 1) text.add('VALUES ')
    addList(text, columns, tuples, columns.length > 1)
    text.add(')')
  },
}

function addList(
  text: SqlText,
  columns: readonly Column[],
  tuples: readonly Tuple[],
  parenthesised: boolean,
): void {
  const brackets = parenthesised || columns.length > 1
  tuples.forEach((tuple, row) => {
    if (row > 0) text.add(', ')
    if (brackets) text.add('(')
    columns.forEach((column, index) => {
      if (index > 0) text.add(', ')
      text.typed(column, tuple[index]!)
    })
    if (brackets) text.add(')')
  })
}

function row(names: readonly string[]): string {
  return names.length === 1 ? names[0]! : `(${names.join(', ')})`
}

// What the writers know of a table: which columns they give, how they make a new row of one that is there, and where they leave a token by
// which the row is known again at the end.

import type { Column, ColumnKind, EngineName, Row, Side, SideTable, TableNames } from '@twinwrite/core'
import { isFilledUp } from '../scratch/held-by-both.ts'
import type { MadeColumns } from '../scratch/made-columns.ts'

/** How a column gets a value that no row has. */
export type Fresh =
  | { readonly column: string; readonly how: 'uuid' }
  | { readonly column: string; readonly how: 'text' }
  | { readonly column: string; readonly how: 'bytes'; readonly size: number }
  | { readonly column: string; readonly how: 'integer'; readonly from: string; readonly span: number }

export interface TrafficTable {
  readonly mapping: string
  readonly schema: string | null
  readonly name: string
  /** Those that an INSERT gives, in the order of the rows. */
  readonly columns: readonly Column[]
  readonly key: readonly string[]
  /** The part of the key that the database numbers. */
  readonly counter: string | null
  /** Null where no new row can be made of an old one. */
  readonly fresh: readonly Fresh[] | null
  /** Columns that an UPDATE may set to what another row has. */
  readonly settable: readonly string[]
  readonly token: string | null
  /** Whether rows are deleted: not where other rows hang on them. */
  readonly deletes: boolean
  /** Whether every driver gives its key as the text that it was given. */
  readonly keyed: boolean
  /** Whether its statements can't be carried to the target. */
  readonly converted: boolean
  /** Rows that were there at first. */
  readonly rows: readonly Row[]
}

const mostRows = 300
/** Room for `w99x` and a number. */
const leastToken = 12

/** Random ones of so many are never twice the same. */
const leastBytes = 8

const keyKinds: ReadonlySet<ColumnKind> = new Set(['integer', 'text', 'uuid', 'enum', 'bytes'])
/** Kinds whose values not every driver takes in the form in which they travel. */
const leftAlone: ReadonlySet<ColumnKind> = new Set(['bits', 'native'])

interface About extends Pick<TableNames, 'converted'> {
  readonly engine: EngineName
  readonly rows: readonly Row[]
  /** Processes that ever write, those that take the place of killed ones included. */
  readonly writers: number
}

/** @param made what may be made up for each column */
export function trafficTable(
  table: SideTable,
  made: MadeColumns,
  { engine, rows, converted, writers }: About,
): TrafficTable {
  const { columns, key } = table
  const { uniques, foreignKeys, referencedBy } = table.table
  const refers = new Set(foreignKeys.flatMap(({ childColumns }) => childColumns))
  const inKey = new Set([
    ...key.map(({ name }) => name),
    ...uniques.flatMap((unique) => unique.columns ?? []),
  ])
  const free = columns.filter(
    ({ name, kind }) => !inKey.has(name) && !refers.has(name) && !leftAlone.has(kind),
  )
  const counter = key.find((column) => column.counter)?.name ?? null
  const freshly = (of: readonly Column[]): Fresh | null => {
    const candidates = of.filter(({ name }) => !refers.has(name))
    for (const column of candidates) {
      const fresh = freshOf(
        made.get(column.name)!,
        rows.map((row) => row[columns.indexOf(column)] ?? null),
        writers,
      )
      if (fresh !== null) return fresh
    }
    return null
  }
  const sets = [
    ...(counter === null ? [key] : []),
    ...uniques.map((unique) => columns.filter(({ name }) => unique.columns?.includes(name))),
  ]
  const fresh = sets.map(freshly)
  const token = free.find(({ name }) => isTokenColumn(made.get(name)!, engine))?.name ?? null
  return {
    mapping: table.mapping,
    schema: table.table.schema,
    name: table.table.name,
    columns,
    key: key.map(({ name }) => name),
    counter,
    fresh: fresh.includes(null) ? null : (fresh as Fresh[]),
    settable: free.map(({ name }) => name),
    token,
    deletes: referencedBy.length === 0,
    keyed: key.every(({ kind }) => keyKinds.has(kind)),
    converted,
    rows: rows.slice(0, mostRows),
  }
}

/** Whether its traffic would write anything while that side is primary. */
export function isWritten({ converted, fresh, keyed, settable, rows }: TrafficTable, primary: Side): boolean {
  if (rows.length === 0 || (converted && primary === 'target')) return false
  return fresh !== null || (keyed && settable.length > 0)
}

function isTokenColumn(column: Column, engine: EngineName): boolean {
  const { kind, length } = column
  // Padded with blanks by some engines.
  if (kind !== 'text' || isFilledUp(column)) return false
  return engine === 'sqlite' || length === null || length >= leastToken
}

function freshOf(column: Column, texts: readonly (string | null)[], writers: number): Fresh | null {
  const { name, kind, range, length } = column
  switch (kind) {
    case 'uuid':
      return { column: name, how: 'uuid' }
    case 'text':
      return length === null || length >= leastToken ? { column: name, how: 'text' } : null
    case 'bytes': {
      const size = isFilledUp(column) ? (length ?? 1) : Math.min(length ?? 16, 16)
      return size < leastBytes ? null : { column: name, how: 'bytes', size }
    }
    case 'integer': {
      const numbers = texts.flatMap((text) => (text !== null && /^\d+$/.test(text) ? [BigInt(text)] : []))
      const taken = numbers.reduce((most, number) => (number > most ? number : most), 0n)
      const from = taken + 1n
      const room = (range === null ? 2n ** 53n : BigInt(range.max)) - from
      const span = Math.min(1_000_000, Number(room / BigInt(writers)))
      return span < 10 ? null : { column: name, how: 'integer', from: String(from), span }
    }
    default:
      return null
  }
}

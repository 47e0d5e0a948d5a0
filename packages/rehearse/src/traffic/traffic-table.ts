// What the writers know of a table: which columns they give, how they make a new row of one that is there, and where they leave a token by
// which the row is known again at the end.

import type { Column, ColumnKind, EngineName, Row, SideTable, TableNames } from '@twinwrite/core'

export interface TrafficColumn {
  readonly name: string
  readonly kind: ColumnKind
}

/** How a column gets a value that no row has. */
export type Fresh =
  | { readonly column: string; readonly how: 'uuid' }
  | { readonly column: string; readonly how: 'text'; readonly length: number }
  | { readonly column: string; readonly how: 'integer'; readonly from: string; readonly span: number }

export interface TrafficTable {
  readonly mapping: string
  readonly schema: string | null
  readonly name: string
  /** Those that an INSERT gives, in the order of the rows. */
  readonly columns: readonly TrafficColumn[]
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

/** Processes that ever write, those that take the place of killed ones included. */
export const mostWriters = 64
const mostRows = 300
/** Room for `w63x` and a number. */
const leastToken = 12

const keyKinds: ReadonlySet<ColumnKind> = new Set(['integer', 'text', 'uuid', 'enum'])
/** Kinds whose values not every driver takes in the form in which they travel. */
const leftAlone: ReadonlySet<ColumnKind> = new Set(['bits', 'native'])

export function trafficTable(
  table: SideTable,
  names: Pick<TableNames, 'converted'>,
  { engine, rows }: { readonly engine: EngineName; readonly rows: readonly Row[] },
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
        column,
        rows.map((row) => row[columns.indexOf(column)] ?? null),
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
  const token = free.find((column) => isTokenColumn(column, engine))?.name ?? null
  return {
    mapping: table.mapping,
    schema: table.table.schema,
    name: table.table.name,
    columns: columns.map(({ name, kind }) => ({ name, kind })),
    key: key.map(({ name }) => name),
    counter,
    fresh: fresh.includes(null) ? null : (fresh as Fresh[]),
    settable: free.map(({ name }) => name),
    token,
    deletes: referencedBy.length === 0,
    keyed: key.every(({ kind }) => keyKinds.has(kind)),
    converted: names.converted,
    rows: rows.slice(0, mostRows),
  }
}

function isTokenColumn({ kind, type, length }: Column, engine: EngineName): boolean {
  // Padded with blanks by some engines.
  if (kind !== 'text' || /^(char|character|nchar)\(|^char$/i.test(type)) return false
  return engine === 'sqlite' ? true : length === null || length >= leastToken
}

function freshOf({ name, kind, range, length }: Column, texts: readonly (string | null)[]): Fresh | null {
  if (kind === 'uuid') return { column: name, how: 'uuid' }
  if (kind === 'text' && (length === null || length >= leastToken))
    return { column: name, how: 'text', length: length ?? 40 }
  if (kind !== 'integer') return null
  const numbers = texts.flatMap((text) => (text !== null && /^\d+$/.test(text) ? [BigInt(text)] : []))
  const taken = numbers.reduce((most, number) => (number > most ? number : most), 0n)
  const from = taken + 1n
  const room = (range === null ? 2n ** 53n : BigInt(range.max)) - from
  const span = Math.min(1_000_000, Number(room / BigInt(mostWriters)))
  return span < 10 ? null : { column: name, how: 'integer', from: String(from), span }
}

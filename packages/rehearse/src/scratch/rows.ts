// Rows for the scratch source: the first ones of each real table, read and nothing else, or made by column type where the real one is
// empty. They travel as canonical texts, as all rows of a migration do.

import {
  type Bulk,
  findTable,
  type KeyedRow,
  parentsFirst,
  type Row,
  type SideCatalog,
  type SideTable,
  type Store,
  StoreError,
  type Upsert,
} from '@twinwrite/core'
import { generatedRow } from './generated-row.ts'
import type { MadeColumns } from './made-columns.ts'

export interface FilledTable {
  readonly table: string
  readonly rows: number
  /** `real`: copied; `made`: the real table has none. */
  readonly from: 'real' | 'made'
  /** Rows whose foreign keys lead to none that was copied, or that the scratch table refuses. */
  readonly left: number
}

/** Rows read, and written, at once. */
const batch = 500
/** Rows in a table of which the real side has none. */
const mostMade = 200

/** Reads the first rows of a real table. */
export async function firstRows(bulk: Bulk, table: string, rows: number): Promise<readonly KeyedRow[]> {
  const found: KeyedRow[] = []
  let after: string | null = null
  while (found.length < rows) {
    const keys = await bulk.keys(table, { after, upTo: null }, Math.min(batch, rows - found.length))
    const upTo = keys.at(-1)
    if (upTo === undefined) break
    found.push(...(await bulk.rows(table, { after, upTo })))
    after = upTo
  }
  return found
}

/** Fills the tables of the scratch source, parents first. */
export class ScratchRows {
  readonly #store: Store
  readonly #catalog: SideCatalog
  readonly #columns: ReadonlyMap<string, MadeColumns>
  /** By mapping, what was filled in. */
  readonly #rows = new Map<string, Row[]>()
  readonly #tables = new Map<string, SideTable>()

  /** @param catalog of the scratch source @param columns by mapping */
  constructor(store: Store, catalog: SideCatalog, columns: ReadonlyMap<string, MadeColumns>) {
    this.#store = store
    this.#catalog = catalog
    this.#columns = columns
  }

  /** Parents before the children that refer to them. */
  inOrder(tables: readonly SideTable[]): readonly SideTable[] {
    const { tables: all, engine } = this.#catalog
    return parentsFirst(tables, ({ table }) =>
      table.foreignKeys.map(({ parent }) => {
        const meant = findTable(all, parent, engine)
        return tables.find((other) => other.table === meant)
      }),
    )
  }

  rowsOf(mapping: string): readonly Row[] {
    return this.#rows.get(mapping) ?? []
  }

  async fill(table: SideTable, real: readonly KeyedRow[], wanted: number): Promise<FilledTable> {
    const { mapping } = table
    this.#tables.set(mapping, table)
    const made = real.length === 0
    const given = made ? this.#made(table, Math.min(wanted, mostMade)) : real
    const fitting = given.filter(({ row }) => this.#hasParents(table, row))
    const written: Row[] = []
    for (let at = 0; at < fitting.length; at += batch)
      written.push(...(await this.#write(mapping, fitting.slice(at, at + batch))))
    this.#rows.set(mapping, written)
    const from = made ? 'made' : 'real'
    return { table: mapping, rows: written.length, from, left: given.length - written.length }
  }

  #made(table: SideTable, rows: number): Upsert[] {
    const columns = this.#columns.get(table.mapping)!
    return Array.from({ length: rows }, (_, index) =>
      generatedRow(table, columns, index + 1, (column) => this.#parentTexts(table, column)),
    )
  }

  /** Values that a column may have which refers to another mapped table; null where it refers to none. */
  #parentTexts({ table }: SideTable, column: string): readonly (string | null)[] | null {
    const key = table.foreignKeys.find(({ childColumns }) => childColumns.includes(column))
    const parent = key === undefined ? undefined : this.#filled(key.parent)
    if (key === undefined || parent === undefined) return null
    const at = parent.columns.findIndex(
      ({ name }) => name === key.parentColumns[key.childColumns.indexOf(column)],
    )
    return this.rowsOf(parent.mapping).map((row) => row[at] ?? null)
  }

  #hasParents({ table, columns }: SideTable, row: Row): boolean {
    return table.foreignKeys.every(({ parent: ref, childColumns, parentColumns }) => {
      const parent = this.#filled(ref)
      const texts = childColumns.map((name) => row[columns.findIndex((one) => one.name === name)] ?? null)
      if (parent === undefined || texts.includes(null)) return true
      // Rows of one table that refer to each other go in together.
      if (parent.table === table) return true
      return this.#parentKeys(parent, parentColumns).has(JSON.stringify(texts))
    })
  }

  readonly #known = new Map<string, ReadonlySet<string>>()

  #parentKeys({ mapping, columns }: SideTable, names: readonly string[]): ReadonlySet<string> {
    const name = JSON.stringify([mapping, names])
    let known = this.#known.get(name)
    if (known === undefined) {
      const places = names.map((one) => columns.findIndex((column) => column.name === one))
      known = new Set(this.rowsOf(mapping).map((row) => JSON.stringify(places.map((at) => row[at] ?? null))))
      this.#known.set(name, known)
    }
    return known
  }

  #filled(ref: SideTable['table']['foreignKeys'][number]['parent']): SideTable | undefined {
    const meant = findTable(this.#catalog.tables, ref, this.#catalog.engine)
    return [...this.#tables.values()].find(({ table }) => table === meant)
  }

  /** @returns rows that the table has taken */
  async #write(table: string, upserts: readonly Upsert[]): Promise<Row[]> {
    const session = await this.#store.beginApply()
    try {
      await session.write([{ table, upserts, deletes: [] }], { displace: false })
      await session.commit()
      return upserts.map(({ row }) => row)
    } catch (error) {
      await session.rollback()
      const unfit =
        error instanceof StoreError &&
        (error.reason === 'rejected' || error.reason === 'unique' || error.reason === 'foreign-key')
      if (!unfit) throw error
      if (upserts.length === 1) return []
      const half = upserts.length >> 1
      const first = await this.#write(table, upserts.slice(0, half))
      return [...first, ...(await this.#write(table, upserts.slice(half)))]
    }
  }
}

// Mapped tables by the names that the app uses: the source's. Whether case matters is the source's rule.

import type { TableNames } from '@twinwrite/core'
import { type DialectName, dialects } from './dialect.ts'

export interface ColumnNames {
  readonly source: string
  readonly target: string
}

export class MappedTable {
  readonly names: TableNames
  /** In the source table's order; null until both catalogs are known. */
  readonly columns: readonly ColumnNames[] | null
  readonly #fold: (name: string) => string
  readonly #bySource = new Map<string, ColumnNames>()
  readonly #targets: ReadonlySet<string>

  constructor(names: TableNames, source: DialectName) {
    this.names = names
    this.#fold = dialects[source].foldsColumns ? fold : same
    const pairs = [...(names.columns ?? names.renamed)].map(([from, to]) => ({ source: from, target: to }))
    for (const pair of pairs) this.#bySource.set(this.#fold(pair.source), pair)
    this.columns = names.columns === null ? null : pairs
    this.#targets = new Set(pairs.map(({ target }) => this.#fold(target)))
  }

  /** Names of a column that is known by its source name; undefined: not known (yet). */
  column(name: string): ColumnNames | undefined {
    return this.#bySource.get(this.#fold(name))
  }

  /** Whether the name, which is no known source column, means another column on the target. */
  isTakenOnTarget(name: string): boolean {
    return this.#targets.has(this.#fold(name))
  }

  get tableRenamed(): boolean {
    const { source, target } = this.names
    return source.name !== target.name || source.schema !== target.schema
  }

  get renamedColumns(): readonly string[] {
    return [...this.names.renamed.keys()]
  }
}

/** Finds mapped tables by the names that stand in a statement. */
export class MappedTables {
  readonly #fold: (name: string) => string
  readonly #byName = new Map<string, MappedTable>()
  readonly #defaultSchema: string | null
  /** What it was made from. */
  readonly from: readonly TableNames[]
  readonly all: readonly MappedTable[]

  /** @param defaultSchema what an unqualified name of the source stands in; null: not known */
  constructor(tables: readonly TableNames[], source: DialectName, defaultSchema: string | null) {
    this.#fold = dialects[source].foldsTables ? fold : same
    this.#defaultSchema = defaultSchema
    this.from = tables
    this.all = tables.map((names) => new MappedTable(names, source))
    for (const table of this.all)
      this.#byName.set(this.#key(table.names.source.schema, table.names.source.name), table)
  }

  find(schema: string | null, name: string): MappedTable | undefined {
    return this.#byName.get(this.#key(schema, name))
  }

  #key(schema: string | null, name: string): string {
    return JSON.stringify([this.#fold(schema ?? this.#defaultSchema ?? ''), this.#fold(name)])
  }
}

function fold(name: string): string {
  return name.toLowerCase()
}

function same(name: string): string {
  return name
}

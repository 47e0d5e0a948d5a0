// One side of a running migration: its store, and what a connection of the app must know to capture there.
// The catalog is read when the first write that somebody follows needs it, and never in source-only (W9).

import type { ConnectionSpec } from '../adapter.ts'
import type { Bulk } from '../bulk.ts'
import type { CaptureSide } from '../capture/capture.ts'
import { sqlCapturer } from '../capture/sql-capturer.ts'
import type { EngineName } from '../catalog.ts'
import type { SqlDialect } from '../dialect.ts'
import type { ControlNaming, Engines } from '../engines.ts'
import { TwinwriteError } from '../errors.ts'
import { keyedTables } from '../mapping/keyed-tables.ts'
import { type Migration, tablesOf } from '../mapping/config.ts'
import type { SideTable } from '../mapping/side-table.ts'
import type { SideCatalog } from '../mapping/mapped-table.ts'
import type { Side } from '../stage.ts'
import { type Store, StoreError } from '../store.ts'
import type { SideRows } from '../verify/side-rows.ts'
import type { Capturer } from '../write/write-side.ts'

export class SideRuntime {
  readonly side: Side
  readonly spec: ConnectionSpec
  readonly store: Store
  readonly #migration: Migration
  readonly #engines: Engines
  readonly #naming: ControlNaming
  #mapped: ReadonlyMap<string, SideTable> = new Map()
  #known: CaptureSide | undefined
  #learning: Promise<CaptureSide> | undefined
  #capturer: Capturer | undefined

  constructor(
    side: Side,
    spec: ConnectionSpec,
    migration: Migration,
    engines: Engines,
    naming: ControlNaming,
  ) {
    this.side = side
    this.spec = spec
    this.#migration = migration
    this.#engines = engines
    this.#naming = naming
    this.store = engines.open(spec, side, naming)
  }

  /** Whole tables of this side; no connection is opened before the first use. */
  openBulk(sessions: number): Bulk {
    const bulk = this.#engines.openBulk(this.spec, this.side, this.#naming, sessions)
    bulk.use(this.#mapped)
    return bulk
  }

  /** Rows to be compared, here or on a read replica; no connection is opened before the first use. */
  openRows(sessions: number, replica?: ConnectionSpec): SideRows {
    const spec = replica ?? this.spec
    const rows = this.#engines.openRows(spec, this.side, this.#naming, sessions, replica !== undefined)
    rows.use(this.#mapped)
    return rows
  }

  /** Sets the tables that the store, and everything opened later, know. */
  use(tables: ReadonlyMap<string, SideTable>): void {
    this.#mapped = tables
    this.store.use(tables)
  }

  /** The engine as far as it is known: MariaDB counts as MySQL until it was asked. */
  get engine(): EngineName {
    return this.#known?.dialect.engine ?? this.spec.engine
  }

  /** Known once `captureSide` has resolved. */
  get dialect(): SqlDialect {
    if (this.#known === undefined) throw new Error(`the catalog of the ${this.side} has not been read`)
    return this.#known.dialect
  }

  get capturer(): Capturer {
    return (this.#capturer ??= sqlCapturer(this.engine, () => this.#known))
  }

  /** Tables and keys of this side. @throws TwinwriteError `TW_UNREACHABLE`, `TW_TABLE_UNKNOWN`, `TW_KEY_MISSING` */
  captureSide(): CaptureSide | Promise<CaptureSide> {
    if (this.#known !== undefined) return this.#known
    this.#learning ??= this.#learn().finally(() => {
      this.#learning = undefined
    })
    return this.#learning
  }

  /** Reads the catalog again at the next need, after a change of the schema. */
  forget(): void {
    this.#known = undefined
    this.#capturer = undefined
  }

  /** The mapped tables as this side's database has them now. @throws StoreError when it does not answer */
  async catalog(): Promise<SideCatalog> {
    const engine = await this.#engines.detect(this.spec, this.side)
    return { engine, tables: await this.store.catalog(tablesOf(this.#migration, this.side)) }
  }

  async #learn(): Promise<CaptureSide> {
    try {
      const { engine, tables } = await this.catalog()
      const dialect = this.#engines.dialect(engine, this.#naming)
      const known = { dialect, ...keyedTables(this.#migration, this.side, engine, tables) }
      if (engine !== this.spec.engine) this.#capturer = undefined
      this.#known = known
      return known
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      throw new TwinwriteError('TW_UNREACHABLE', `the catalog of the ${this.side}: ${error.message}`, {
        cause: error,
      })
    }
  }
}

// The port through which core gets databases and dialects; @twinwrite/sql implements it.

import type { ConnectionSpec } from './adapter.ts'
import type { Bulk } from './bulk.ts'
import type { EngineName } from './catalog.ts'
import type { SqlDialect } from './dialect.ts'
import type { Replica } from './pace/replica-brake.ts'
import type { Side } from './stage.ts'
import type { Store } from './store.ts'
import type { SideRows } from './verify/side-rows.ts'

/** Which rows of the control tables belong to a migration, and where these tables stand. */
export interface ControlNaming {
  readonly migration: string
  /** `*` until cohorts exist; the tables are keyed for them. */
  readonly cohort: string
  readonly prefix: string
  /** Null: the connection's default schema. */
  readonly schema: string | null
}

export interface Engines {
  /** Name of this machine, as status() shows it. */
  readonly host: string
  /** The engine that answers there: tells MariaDB from MySQL. Rejects with StoreError `lost` when nobody does. */
  detect(spec: ConnectionSpec, side: Side): Promise<EngineName>
  /** Opens no connection yet. */
  open(spec: ConnectionSpec, side: Side, naming: ControlNaming): Store
  /** Opens no connection yet. @param sessions most connections at once */
  openBulk(spec: ConnectionSpec, side: Side, naming: ControlNaming, sessions: number): Bulk
  /** Opens no connection yet. @param replica whether it may be a server that takes no writes */
  openRows(
    spec: ConnectionSpec,
    side: Side,
    naming: ControlNaming,
    sessions: number,
    replica: boolean,
  ): SideRows
  /** Opens no connection yet. @param spec of a read replica, or of a server that knows its replicas' lag */
  openReplica(spec: ConnectionSpec): Replica
  dialect(engine: EngineName, naming: ControlNaming): SqlDialect
}

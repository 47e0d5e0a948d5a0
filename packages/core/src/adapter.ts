// What an ORM adapter needs of a running migration, and nothing more: the sides' connections and where calls go.

import type { NativeConnection } from './capture/native-connection.ts'
import type { EngineName } from './catalog.ts'
import type { ReadPolicy } from './reads/read-policy.ts'
import type { Side } from './stage.ts'
import type { AppConnection } from './write/app-connection.ts'
import type { SessionSettings } from './write/session-settings.ts'

/** Where a side is and which driver speaks to it. */
export interface ConnectionSpec {
  /** `mysql` also stands for MariaDB: the server is asked which one it is. */
  readonly engine: EngineName
  /** The driver's own connection settings or URL, or a function that gives them (asked for every new connection). */
  readonly connection: unknown
}

/** Names on one side of what the app calls by the source's names. */
export interface TableNames {
  /** Name of the mapping: the source table as the configuration writes it. */
  readonly mapping: string
  readonly source: { readonly schema: string | null; readonly name: string }
  readonly target: { readonly schema: string | null; readonly name: string }
  /** Source column to target column, for the columns that are named differently. */
  readonly renamed: ReadonlyMap<string, string>
  /** All columns that both sides have, source name to target name in the source table's order; null until both catalogs are known. */
  readonly columns: ReadonlyMap<string, string> | null
  /**
   * Target columns that an INSERT without a column list fills, in the order of all of the source's columns; null: not known yet,
   * or not all of these travel.
   */
  readonly inOrder: readonly string[] | null
  /** Whether such an INSERT, or `*` in its SELECT, means the same on both sides; false as long as that is not known. */
  readonly samePlaces: boolean
  /** Whether whole rows or single values are converted between the sides, so that a statement can't be carried by renaming. */
  readonly converted: boolean
}

/** A running migration as an adapter sees it. */
export interface AdapterMigration {
  readonly name: string
  /** Side that calls go to now; a promise while that is not known yet or a switch is under way. */
  primary(): Side | Promise<Side>
  /** Resolves when a side other than `from` is primary, or the switch was undone; for calls that were refused. */
  movedFrom(from: Side): Promise<Side>
  /**
   * The app's connection on one side, for which every statement is to be executed by `AppConnection.execute`.
   * @param session shared by connections that nobody can tell apart; one of its own when left out
   */
  connect<R>(side: Side, native: NativeConnection<R>, session?: SessionSettings): AppConnection<R>
  /** Mapped tables by their names in the source. */
  readonly tables: readonly TableNames[]
  /** Resolves when `tables` tells all columns; a side that does not answer is waited for once, and not for long. */
  tablesKnown(): Promise<void>
  readonly engines: Readonly<Record<Side, EngineName>>
  /** Through which reads outside of transactions are answered; null: as if there were none. */
  readonly reads: ReadPolicy | null
  /** Drains within its bound and ends; the app's own pools are the adapter's business. */
  close(): Promise<void>
}

// What a connection of the app must know of the side that it is connected to.

import type { Captured, CaptureRequest, CaptureSide } from '../capture/capture.ts'
import type { Rewrite } from '../capture/native-connection.ts'
import type { EngineName } from '../catalog.ts'
import type { Change } from '../change.ts'
import type { SqlDialect } from '../dialect.ts'
import type { Reporter } from '../events.ts'
import type { SideTable } from '../mapping/side-table.ts'
import type {
  DdlScan,
  DeleteScan,
  InsertScan,
  OpaqueScan,
  Scan,
  TruncateScan,
  UpdateScan,
} from '../scan/statement.ts'
import type { Upsert } from '../store.ts'
import type { StageView } from '../stage-view.ts'
import type { Statement } from '../statement.ts'
import type { Side } from '../stage.ts'

export type WriteScan = InsertScan | UpdateScan | DeleteScan

/** The app's statement in a form that tells the keys, and with an epoch leaves its journal entries under the fence by itself. */
export interface FoldedWrite<R> {
  readonly sent: Statement
  readonly origin: Rewrite['origin']
  finish(raw: R): Captured<R>
}

/** How touched keys are found; the engine's own one, or the simulator's. */
export interface Capturer {
  scan(sql: string): Scan
  /** Whether the statement writes a mapped table. */
  isMapped(scan: WriteScan): boolean
  /** Mapped tables (names of mappings) that a statement may write, those that follow by foreign keys included. */
  touches(scan: WriteScan | OpaqueScan | DdlScan | TruncateScan): readonly string[]
  capture<R>(request: CaptureRequest<R>, scan: WriteScan): Promise<Captured<R>>
  /**
   * For a write outside of a transaction; null when it takes more than the one statement.
   * @param epoch null: no journal entries (level `unjournaled`)
   */
  fold<R>(request: CaptureRequest<R>, scan: WriteScan, epoch: number | null): FoldedWrite<R> | null
}

/** Writes a transaction's rows on the secondary before it commits on the primary (level `strict`). */
export interface StrictWrite {
  /** Called when the primary has committed; never rejects. */
  commit(): Promise<void>
  /** Called when it has rolled back; never rejects. */
  rollback(): Promise<void>
}

export interface WriteSide {
  readonly side: Side
  readonly engine: EngineName
  /** Known once `captureSide` has resolved. */
  readonly dialect: SqlDialect
  readonly view: StageView
  readonly reporter: Reporter
  readonly capturer: Capturer
  /** Tables and their mappings; rejects when the catalog can't be read. */
  captureSide(): CaptureSide | Promise<CaptureSide>
  /**
   * Of another migration of this process, whose tables the statement writes; null: of none.
   * @throws TwinwriteError `TW_OTHER_MIGRATION` where it writes elsewhere now
   */
  ownerOf(scan: WriteScan | TruncateScan): WriteSide | null
  /** `refuse` a statement that can't be captured exactly, or `mark` its tables. */
  readonly uncaptured: 'refuse' | 'mark'
  /** Whether writes check the fence in source-only, too. */
  readonly armed: boolean
  /** False at level `unjournaled`: writes leave no entries and check no fence. */
  readonly journaled: boolean
  /** Level `strict`; null on the other levels. Resolves to null when the secondary is not to be had now. */
  readonly strict: null | ((changes: readonly Change[], readRows: RowReader) => Promise<StrictWrite | null>)
  /** A write of these mappings failed in a way that does not tell whether it took effect. */
  unsure(tables: () => readonly string[]): void
  /** Hands over committed rows; what it returns is awaited before the app gets its answer. */
  committed(changes: readonly Change[]): void | Promise<void>
}

/** Reads canonical rows as the open transaction of the app sees them. */
export type RowReader = (table: SideTable, keys: readonly string[]) => Promise<readonly Upsert[]>

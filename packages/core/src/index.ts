export { type Side, type Stage, type StagePlan, isStage, otherSide, stagePlan, stages } from './stage.ts'
export { type Change, type ChangeOp, ChangeSet } from './change.ts'
export { allStripes, type Key, decodeKey, encodeKey, stripeCount, stripeOf } from './key.ts'
export { type Clock, systemClock } from './clock.ts'
export {
  type CatalogName,
  type Column,
  type ColumnKind,
  type EngineName,
  type ForeignKey,
  type ReferentialAction,
  type Table,
  type TableRef,
  type Trigger,
  type UniqueKey,
  columnOf,
} from './catalog.ts'
export type { Bulk, FillGuard, FillOutcome, KeyedRow, KeyRange, SpareIndex } from './bulk.ts'
export { codedError } from './migration/coded.ts'
export { insisting, type LoadOptions, loadRows } from './migration/load-rows.ts'
export { apply, type ApplyOptions, type ApplyOutcome, ApplyRejected } from './apply/apply.ts'
export type { DirectedTable, Direction } from './apply/direction.ts'
export { AdaptiveSize, type SizeLimits } from './pace/adaptive-size.ts'
export { lagBrake } from './pace/lag-brake.ts'
export { RecentRate } from './pace/recent-rate.ts'
export { type Replica, replicaBrake, type ReplicaLag } from './pace/replica-brake.ts'
export { type Brake, Throttle, type ThrottleOptions } from './pace/throttle.ts'
export type { Statement } from './statement.ts'
export { followedSince } from './migration/followed.ts'
export type { SideTable } from './mapping/side-table.ts'
export type { SqlDialect } from './dialect.ts'
export {
  type ApplySession,
  type Audit,
  type BlockedKey,
  type Checkpoint,
  type CheckpointSeen,
  type Counter,
  type Fence,
  type FenceGuard,
  type JournalEntry,
  type JournalState,
  type Mark,
  type MismatchFilter,
  type MismatchRecord,
  type MismatchSeen,
  type ProcessBeat,
  type ProcessSeen,
  type Role,
  type Row,
  type RowKey,
  type Snapshot,
  type Store,
  StoreError,
  type StoreReason,
  type TableWrite,
  type Upsert,
} from './store.ts'
export {
  type ErrorCode,
  type ErrorDetails,
  type PrimaryOutcome,
  TwinwriteError,
  errorTable,
} from './errors.ts'
export type {
  AppCall,
  NativeConnection,
  ResponseRestore,
  ResponseShape,
} from './capture/native-connection.ts'
export type { AdapterMigration, ConnectionSpec, TableNames } from './adapter.ts'
export { shownSpec } from './shown-spec.ts'
export type { ControlNaming, Engines } from './engines.ts'
export type { ColumnConfig, MigrationConfig, NamedRow, TableConfig } from './mapping/config.ts'
export { isStray, strayBytes, strayText } from './mapping/canonical-text.ts'
export type { MigrationOptions } from './mapping/options.ts'
export { momentText } from './mapping/canonical-text.ts'
export { parentsFirst } from './mapping/parents-first.ts'
export { findTable } from './mapping/find-table.ts'
export type { SideCatalog } from './mapping/mapped-table.ts'
export type { MappingProblem } from './mapping/problem.ts'
export { tableText } from './mapping/table-name.ts'
export { MigrationDefinition } from './migration/definition.ts'
export { packageVersion, type RunningMigration } from './migration/running-migration.ts'
export { lastHeard, processState, type ProcessState } from './migration/fleet.ts'
export type { SideStatements } from './migration/installation.ts'
export type { SwitchStageOptions } from './migration/stage-steps.ts'
export type { ProcessStatus, SideStatus, Status } from './migration/status.ts'
export type { StageListener, StageSource } from './stage-source.ts'
export type { StageState } from './stage-view.ts'
export type { Heard } from './migration/heard-stage.ts'
export type { SwitchReport } from './switch/switch-stage.ts'
export type { SwitchEvent } from './switch/switch-event.ts'
export type { Recovery } from './switch/recover.ts'
export type { AppRead, ReadCall } from './reads/app-read.ts'
export type { DifferingShape } from './reads/differing-shapes.ts'
export type { ReadPolicy } from './reads/read-policy.ts'
export { type ReadCounts, readCounts } from './reads/read-counts.ts'
export type { RampOptions, ReadDifference, ReadOptions, ShadowOptions } from './reads/read-options.ts'
export { type SqlRead, sqlRead } from './reads/sql-read.ts'
export { type Counters, type EventName, type Events } from './events.ts'
export {
  confirm,
  type Confirmation,
  type ConfirmOptions,
  type Mismatch,
  type MismatchKind,
} from './verify/confirm.ts'
export { differingColumns, equalRows, wasPrimary } from './verify/equal-rows.ts'
export type { Differing, SideRows, TimedRow } from './verify/side-rows.ts'
export type { AppConnection } from './write/app-connection.ts'
export { SessionSettings } from './write/session-settings.ts'
export { isMoved, mostMoves } from './write/moved.ts'
export { patiently } from './write/patient-sqlite.ts'
export { perSide, sideTexts, type SideTexts } from './per-side.ts'
export { type TextLook, textLook } from './capture/text-look.ts'
export { betterSqlite3Response, type SqliteResponse } from './capture/response-better-sqlite3.ts'
export { mysql2Response, type MysqlResponse } from './capture/response-mysql2.ts'
export { pgResponse, type PgResult } from './capture/response-pg.ts'
export {
  mentions,
  scan,
  splitStatements,
  statementShape,
  tablesOf,
  type Scan,
  type ScanDialect,
  type TableName,
} from './scan/scan.ts'

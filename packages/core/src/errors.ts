// Every error of twinwrite, in one place: code, cause and remedy. The reference page is made from this table.
// Errors of the user's own database are never wrapped: they pass through as the driver made them (W1).

interface ErrorEntry {
  /** Why it happens. */
  readonly cause: string
  /** How to mend it. */
  readonly remedy: string
  /** Whether running the same call again can succeed without anybody mending something. */
  readonly retryable: boolean
}

export const errorTable = {
  TW_CONFIG_INVALID: {
    cause: 'An option or a mapping has a wrong name, type or value.',
    remedy: 'Correct the option that the message names.',
    retryable: false,
  },
  TW_ENGINE_UNSUPPORTED: {
    cause:
      'The client or driver is none of pg, mysql2, better-sqlite3, the Prisma client or its driver adapter none of those that are supported, or the server is too old.',
    remedy: 'Use a supported driver, driver adapter and server version.',
    retryable: false,
  },
  TW_TABLE_UNKNOWN: {
    cause: 'A mapped table does not exist on the side that the message names.',
    remedy: 'Create the table, or correct its name in the mapping.',
    retryable: false,
  },
  TW_TABLE_TWICE: {
    cause: 'One table stands in two mappings.',
    remedy: 'Keep one mapping of each table.',
    retryable: false,
  },
  TW_KEY_MISSING: {
    cause: 'A mapped table has neither a primary key nor a unique key without nullable columns.',
    remedy: 'Add a primary key, or leave the table out of the migration.',
    retryable: false,
  },
  TW_KEY_MISMATCH: {
    cause: 'The key of a mapped table has no equal unique key on the other side.',
    remedy: 'Add a unique key over the same columns on the other side.',
    retryable: false,
  },
  TW_COLUMN_UNKNOWN: {
    cause: 'The mapping names a column that does not exist.',
    remedy: 'Correct the column name in the mapping.',
    retryable: false,
  },
  TW_COLUMN_UNMATCHED: {
    cause: 'A column has no counterpart on the other side and is not ignored by name.',
    remedy: 'Map it with `columns`, or name it in `ignore` (it must be nullable or have a default).',
    retryable: false,
  },
  TW_TYPE_LOSSY: {
    cause: 'A pair of column types can lose something (range, precision, time zone, length, case).',
    remedy: 'Change one type, convert the column, or accept the loss by naming the column in `accept`.',
    retryable: false,
  },
  TW_TYPE_UNSUPPORTED: {
    cause:
      "A pair of column types has no text in common; two types of a server's own have none unless they have one name.",
    remedy: 'Ignore both columns, or convert the column with `up` and `down`.',
    retryable: false,
  },
  TW_TRIGGER_UNCOVERED: {
    cause: 'A trigger on a mapped table may write rows that capture cannot see, or changes applied rows.',
    remedy: 'Drop the trigger for the time of the migration, or accept it by name in `accept`.',
    retryable: false,
  },
  TW_FOREIGN_KEY_UNCOVERED: {
    cause: 'A foreign-key action changes rows of a mapped table in a way that capture cannot expand.',
    remedy: 'Map the tables on both ends, or accept the foreign key by name in `accept`.',
    retryable: false,
  },
  TW_NOT_INSTALLED: {
    cause: 'The journal tables do not exist on the side that the message names.',
    remedy:
      'Run install() with a user that may create tables, or run the statements of install({ dryRun: true }).',
    retryable: false,
  },
  TW_INSTALL_DENIED: {
    cause: 'The database user may not create the journal tables, or not use those that are there.',
    remedy:
      'Let an administrator run the statements of install({ dryRun: true }), and grant SELECT, INSERT, UPDATE and DELETE on what the message names.',
    retryable: false,
  },
  TW_INSTALL_VERSION: {
    cause: 'The journal tables were made by another version of twinwrite.',
    remedy: 'Run the version that made them, or drain, uninstall() and install() again.',
    retryable: false,
  },
  TW_UNREACHABLE: {
    cause: 'A side of the migration does not answer.',
    remedy: 'Check the connection settings and the server; the journal holds what was written meanwhile.',
    retryable: true,
  },
  TW_CAPTURE_REFUSED: {
    cause: 'A statement writes a mapped table in a form whose touched keys cannot be found exactly.',
    remedy: 'Write it in a supported form, or allow a table mark with `uncaptured: "mark"`.',
    retryable: false,
  },
  TW_OTHER_MIGRATION: {
    cause:
      'A statement writes a table of another migration of this process, whose primary is elsewhere; nothing was written.',
    remedy:
      'Write it through the client of that migration, or map tables that share transactions in one migration.',
    retryable: false,
  },
  TW_SCHEMA_CHANGE: {
    cause: 'A statement changes the definition of a mapped table while the other side follows it.',
    remedy: 'Change the schema in source-only or target-only, or leave the table out of the migration.',
    retryable: false,
  },
  TW_SAVEPOINT_UNKNOWN: {
    cause: 'A statement names a savepoint that this transaction does not have.',
    remedy: 'Set the savepoint first.',
    retryable: false,
  },
  TW_TRANSACTION_DEAD: {
    cause:
      'The server has rolled back this transaction (deadlock, lost connection); statements would run outside it.',
    remedy: 'Roll back and run the whole transaction again.',
    retryable: true,
  },
  TW_STAGE_MOVED: {
    cause: 'The stage moved while this transaction ran; it was rolled back.',
    remedy: 'Run the whole transaction again: it will use the side that is primary now.',
    retryable: true,
  },
  TW_STAGE_FROZEN: {
    cause: 'A switch is under way and did not finish within the time that a write waits for it.',
    remedy: 'Run it again; when it lasts, run recover().',
    retryable: true,
  },
  TW_STAGE_STEP: {
    cause: 'The asked stage is no neighbour of the present one.',
    remedy: 'Go through the stages one by one; source-first <-> target-first is switchStage().',
    retryable: false,
  },
  TW_STAGE_RACED: {
    cause: 'Somebody else changed the stage at the same time.',
    remedy: 'Look at status() and ask again if it is still wanted.',
    retryable: true,
  },
  TW_STAGE_SOURCE: {
    cause: 'The stage source is down, or holds what is no stage.',
    remedy: 'Nothing is lost: the fence rows decide. Mend the source; processes go on with what they know.',
    retryable: true,
  },
  TW_GATES_CLOSED: {
    cause: 'A gate before the step is closed; nothing was changed.',
    remedy: 'Open the gates that the message names, or pass `force` with a reason, which is recorded.',
    retryable: true,
  },
  TW_SWITCH_REFUSED: {
    cause: 'A gate of the switch is closed (blocked keys, table marks, lag); nothing was changed.',
    remedy: 'Mend what the message names (load() settles table marks), then switch again.',
    retryable: true,
  },
  TW_SWITCH_TIMEOUT: {
    cause: 'The switch did not finish within its budget and was rolled back.',
    remedy: 'Wait for long transactions to end or for lag to shrink, then switch again.',
    retryable: true,
  },
  TW_BARRIER_TIMEOUT: {
    cause: 'A process or an old transaction did not pass the barrier out of source-only in time.',
    remedy:
      'End the transaction or process that the message names; the journal is already written by the others.',
    retryable: true,
  },
  TW_SECONDARY_REJECTED: {
    cause: 'The secondary does not accept the row (constraint, type, length); level strict only.',
    remedy: 'Write a row that both sides accept, or mend the target table.',
    retryable: false,
  },
  TW_DIALECT_CROSSED: {
    cause: 'A construct of one engine cannot be carried to the other engine that is primary now.',
    remedy: 'Give the raw SQL per side with `perSide`, or use the query builder.',
    retryable: false,
  },
  TW_BACKFILL_EARLY: {
    cause: 'Nothing says that every write of the primary leaves a journal entry, so a load could miss rows.',
    remedy:
      'Call setStage("source-first") and wait for it, also when that is the stage already; then backfill.',
    retryable: false,
  },
  TW_BACKFILL_RACED: {
    cause: 'The stage changed while the backfill ran, or somebody else began it anew.',
    remedy: 'Look at status(), and backfill again in a stage in which the other side follows.',
    retryable: true,
  },
  TW_FAST_LOAD_UNFIT: {
    cause: 'A fast load was asked for where the table of the target holds rows.',
    remedy: 'Empty the table of the target, or leave the way of the load to twinwrite.',
    retryable: false,
  },
  TW_REPLICA_UNREADABLE: {
    cause:
      'A run was told to wait while a read replica lags, and the replica (or its primary) does not tell its lag.',
    remedy:
      'Name the replica itself, with a user that may see its replication (pg_monitor on PostgreSQL, REPLICATION CLIENT on MySQL, REPLICA MONITOR on MariaDB), or take it out of the throttle. A run that was cut off goes on with the next call.',
    retryable: true,
  },
  TW_VERIFY_RACED: {
    cause:
      'The stage changed while a verification or repair ran, the secondary is being loaded, or another one of the same mode runs.',
    remedy:
      'Look at status(), and verify again in a stage in which the other side follows, one run of a mode at a time.',
    retryable: true,
  },
  TW_SCRATCH_DENIED: {
    cause: 'The database user may not make the scratch databases of a rehearsal.',
    remedy: 'Grant the right that the message names, or give empty databases of your own.',
    retryable: false,
  },
  TW_SCRATCH_UNFIT: {
    cause: 'The tables of a migration can not be made, or stand already, where it is to be rehearsed.',
    remedy: 'Mend what the message names, or give other databases.',
    retryable: false,
  },
  TW_CLOSED: {
    cause: 'The migration was closed.',
    remedy: 'Create a new client.',
    retryable: false,
  },
} as const satisfies Record<`TW_${string}`, ErrorEntry>

export type ErrorCode = keyof typeof errorTable

/** What is known of the business write on the primary. */
export type PrimaryOutcome = 'committed' | 'rolled-back' | 'unknown' | 'untouched'

export interface ErrorDetails {
  /** How to mend this very case; the table's remedy when left out. */
  readonly hint?: string
  readonly table?: string
  readonly key?: string
  readonly primary?: PrimaryOutcome
  readonly cause?: unknown
}

/** The one class of errors that twinwrite itself throws. */
export class TwinwriteError extends Error {
  override readonly name = 'TwinwriteError'
  readonly code: ErrorCode
  /** What happened, without code and remedy. */
  readonly what: string
  readonly hint: string
  readonly table: string | undefined
  readonly key: string | undefined
  /** What became of the business write. */
  readonly primary: PrimaryOutcome
  readonly retryable: boolean

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    const entry: ErrorEntry = errorTable[code]
    const hint = details.hint ?? entry.remedy
    const end = message.endsWith('.') ? '' : '.'
    super(
      `${code}: ${message}${end} ${hint}`,
      details.cause === undefined ? undefined : { cause: details.cause },
    )
    this.code = code
    this.what = message
    this.hint = hint
    this.table = details.table
    this.key = details.key
    this.primary = details.primary ?? 'untouched'
    this.retryable = entry.retryable
  }
}

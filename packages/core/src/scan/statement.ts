// What the scanner says about one SQL statement: verb, targets and the exact text range of each clause.
// The capture engine builds on these types only, never on SQL text of its own (W10: what is not
// known exactly is `opaque`). All offsets are UTF-16 offsets into the scanned text.

export type ScanDialect = 'postgres' | 'mysql' | 'mariadb' | 'sqlite'

/** A piece of the SQL text; `end` is exclusive. */
export interface Range {
  readonly start: number
  readonly end: number
}

/**
 * A table as written. PostgreSQL: unquoted names are lower-cased and all names cut to 63 bytes, as the
 * server does. MySQL, MariaDB and SQLite: as written; whether case matters there depends on the server
 * (MySQL) or never does (SQLite), so compare accordingly.
 */
export interface TableName {
  readonly schema: string | null
  readonly name: string
  readonly range: Range
  readonly quoted: boolean
}

/** A base table of an UPDATE or DELETE together with its alias. */
export interface TargetTable extends TableName {
  readonly alias: string | null
}

export interface ColumnName {
  readonly name: string
  readonly range: Range
}

/** One parameter marker. `param` is the 0-based index of the bound value that it stands for. */
export interface Placeholder {
  readonly range: Range
  readonly param: number
  /** SQLite `:a`, `@a`, `$a` without the prefix; null for positional markers. */
  readonly name: string | null
}

export type LiteralType = 'number' | 'string' | 'null' | 'boolean'

/**
 * A value expression, as far as it matters to capture. `range` covers it with its parentheses.
 * - placeholder, literal: `cast` is the type text of a PostgreSQL `::type` behind it, else null
 * - literal: `value` is the text of the number (with sign), the decoded string, 'true' | 'false', or null
 * - column: a plain column reference
 * - inserted: the proposed row's value in an upsert (`excluded.a`, `VALUES(a)`, MySQL's row alias)
 */
export type Expr =
  | {
      readonly type: 'placeholder'
      readonly range: Range
      readonly param: number
      readonly cast: string | null
    }
  | {
      readonly type: 'literal'
      readonly range: Range
      readonly literal: LiteralType
      readonly value: string | null
      readonly cast: string | null
    }
  | { readonly type: 'default'; readonly range: Range }
  | {
      readonly type: 'column'
      readonly range: Range
      readonly qualifier: string | null
      readonly name: string
    }
  | { readonly type: 'inserted'; readonly range: Range; readonly name: string }
  | { readonly type: 'other'; readonly range: Range }

/**
 * `column = value` of SET. `(a, b) = (1, 2)` gives one per column; of `(a, b) = (SELECT ..)` each value is
 * `other`. `range` is the whole assignment, tuple included.
 */
export interface Assignment {
  readonly column: string
  readonly qualifier: string | null
  readonly range: Range
  readonly value: Expr
}

export interface Returning {
  /** From the word RETURNING to the end of the list. */
  readonly range: Range
  /** The list alone. */
  readonly listRange: Range
  readonly items: readonly Range[]
  /** Whether an item is `*` or `x.*`. */
  readonly star: boolean
}

export type Isolation = 'read uncommitted' | 'read committed' | 'repeatable read' | 'serializable'

/** Writes no row (functions with side effects inside a SELECT can't be known). */
export interface ReadScan {
  readonly kind: 'read'
  /** FOR UPDATE, FOR SHARE, LOCK IN SHARE MODE and their kin, at any depth. */
  readonly locks: boolean
  /** Names in FROM and JOIN positions at any depth; may include names of CTEs. */
  readonly tables: readonly TableName[]
}

export interface BeginScan {
  readonly kind: 'begin'
  readonly isolation: Isolation | null
  /** Null where the statement says nothing. */
  readonly readOnly: boolean | null
  /** SQLite's BEGIN IMMEDIATE and kin; null elsewhere. */
  readonly locking: 'deferred' | 'immediate' | 'exclusive' | null
}

export interface EndScan {
  readonly kind: 'commit' | 'rollback'
  /** AND CHAIN: a new transaction begins at once. */
  readonly chain: boolean
  /** MySQL's RELEASE: the session ends. */
  readonly release: boolean
}

/** `name` is folded as the engine compares savepoints, so `===` tells whether two are the same. */
export interface SavepointScan {
  readonly kind: 'savepoint' | 'release' | 'rollback-to'
  readonly name: string
}

/** SET, RESET, DISCARD, PRAGMA, USE, ATTACH, DETACH. */
export interface SetScan {
  readonly kind: 'set'
  /** Lower-case names of what is set, without scope words. */
  readonly variables: readonly string[]
  /** `transaction`: the current (PostgreSQL) or the next (MySQL) transaction only. */
  readonly isolation: { readonly scope: 'transaction' | 'session'; readonly level: Isolation } | null
  readonly autocommit: boolean | null
  /** Whether unqualified table names may mean other tables from here on. */
  readonly schema: boolean
  /** Whether later texts may be lexed differently (sql_mode, standard_conforming_strings). */
  readonly lexing: boolean
}

export interface DdlScan {
  readonly kind: 'ddl'
  /** Lower-case first word: create, alter, drop, rename, comment, grant, .. */
  readonly verb: string
  /** Lower-case kind of object (table, index, view, ..), null where none is named. */
  readonly object: string | null
  /** Tables the statement is about, in its own words; renames give both names. */
  readonly tables: readonly TableName[]
  /** As in {@link OpaqueScan}. */
  readonly names: readonly string[]
}

export interface TruncateScan {
  readonly kind: 'truncate'
  readonly tables: readonly TableName[]
  readonly cascade: boolean
}

interface WriteScan {
  readonly dialect: ScanDialect
  /** The first or only target. */
  readonly table: TableName
  readonly alias: string | null
  /** A leading WITH clause; it writes nothing, else the statement would be opaque. */
  readonly withRange: Range | null
  readonly returning: Returning | null
  /** Where ` RETURNING ..` goes when there is none. */
  readonly insertReturningAt: number
  /** All parameter markers in order of the text. */
  readonly placeholders: readonly Placeholder[]
}

export type SqliteConflict = 'or-abort' | 'or-fail' | 'or-ignore' | 'or-replace' | 'or-rollback'

export type InsertSource =
  | {
      readonly type: 'values'
      /** From the word VALUES to the last row. */
      readonly range: Range
      /** One per row, parentheses included. */
      readonly rowRanges: readonly Range[]
      /** MySQL's `VALUES ()` is one row without cells. */
      readonly rows: readonly (readonly Expr[])[]
    }
  | {
      readonly type: 'select'
      readonly range: Range
      /** Without parentheses around all of it. */
      readonly query: Range
    }
  /** DEFAULT VALUES */
  | { readonly type: 'default'; readonly range: Range }
  /** MySQL's INSERT .. SET */
  | { readonly type: 'set'; readonly range: Range; readonly assignments: readonly Assignment[] }

export type ConflictTarget =
  | { readonly type: 'columns'; readonly columns: readonly string[]; readonly where: Range | null }
  /** At least one index element is an expression. */
  | { readonly type: 'expression'; readonly range: Range }
  | { readonly type: 'constraint'; readonly name: string }

export interface OnConflict {
  readonly range: Range
  readonly target: ConflictTarget | null
  readonly action: 'nothing' | 'update'
  readonly assignments: readonly Assignment[]
  /** Condition of DO UPDATE .. WHERE. */
  readonly where: Range | null
}

export interface OnDuplicate {
  readonly range: Range
  readonly assignments: readonly Assignment[]
}

export interface InsertScan extends WriteScan {
  readonly kind: 'insert'
  readonly verb: 'insert' | 'replace'
  /** INSERT IGNORE (`ignore`) or SQLite's INSERT OR ..; null when neither is there. */
  readonly ignore: 'ignore' | SqliteConflict | null
  /** Null when there is no column list. */
  readonly columns: readonly ColumnName[] | null
  readonly overriding: 'system' | 'user' | null
  readonly source: InsertSource
  /** MySQL's `VALUES (..) AS new`. */
  readonly rowAlias: string | null
  readonly onConflict: OnConflict | null
  readonly onDuplicate: OnDuplicate | null
}

/** A conjunct of a WHERE that compares one column with given values only. */
export interface Pin {
  readonly schema: string | null
  readonly qualifier: string | null
  readonly column: string
  /** One placeholder or literal for `=`, one or more for `IN`. */
  readonly values: readonly Expr[]
}

/** A WHERE read as a conjunction; every row that it selects satisfies all pins. */
export interface Predicate {
  readonly pins: readonly Pin[]
  /** Whether there are conjuncts other than the pins (`1=1` doesn't count). */
  readonly rest: boolean
}

interface PredicateScan extends WriteScan {
  /** Tables that rows are changed in or may be: more than one only when `multiTable`. */
  readonly targets: readonly TargetTable[]
  /** MySQL's UPDATE or DELETE over several tables (also one table joined to a derived one). */
  readonly multiTable: boolean
  /** PostgreSQL's ONLY. */
  readonly only: boolean
  /** Lower-case: ignore, low_priority, quick, or-replace, partition (PARTITION (..) behind the table), .. */
  readonly modifiers: readonly string[]
  /** The expression without the word WHERE. */
  readonly where: Range | null
  /** Null without WHERE, and where it is no plain conjunction (OR, XOR, a cursor). */
  readonly predicate: Predicate | null
  /** Where ` WHERE ..` goes when there is none. */
  readonly whereAt: number
  /** WHERE CURRENT OF a cursor; `where` then is no expression. */
  readonly currentOf: boolean
  /** From the word ORDER. */
  readonly orderBy: Range | null
  /** From the word LIMIT. */
  readonly limit: Range | null
}

export interface UpdateScan extends PredicateScan {
  readonly kind: 'update'
  readonly assignments: readonly Assignment[]
  /** PostgreSQL's and SQLite's FROM list without the word. */
  readonly from: Range | null
  /** MySQL's table references of a multi-table update. */
  readonly joins: Range | null
}

export interface DeleteScan extends PredicateScan {
  readonly kind: 'delete'
  /** PostgreSQL's USING list without the word. */
  readonly using: Range | null
  /** MySQL's table references of a multi-table delete. */
  readonly joins: Range | null
}

export type OpaqueReason =
  | 'unterminated'
  | 'illegal-character'
  | 'unbalanced'
  | 'multi-statement'
  | 'executable-comment'
  | 'spliced-placeholder'
  | 'nested-write'
  | 'select-into'
  | 'explain-analyze-write'
  | 'merge'
  | 'copy'
  | 'load'
  | 'call'
  | 'do'
  | 'prepared-statement'
  | 'handler'
  | 'lock-tables'
  | 'two-phase-commit'
  | 'set-autocommit'
  | 'set-statement'
  | 'maintenance'
  | 'compound'
  | 'insert-delayed'
  | 'several-conflict-clauses'
  | 'unknown-verb'
  | 'unexpected-syntax'

/** Not classified exactly. */
export interface OpaqueScan {
  readonly kind: 'opaque'
  readonly reason: OpaqueReason
  /** Lower-case words of the text that write or call: insert, update, merge, call, .. */
  readonly verbs: readonly string[]
  /**
   * Every word and quoted name of the text in lower case, those inside strings and comments too: compare
   * with a table's lower-cased name to tell whether it is mentioned.
   */
  readonly names: readonly string[]
  /** Whether it may write tables that the text doesn't name (CALL, DO, EXECUTE, ..). */
  readonly hidden: boolean
}

export type Scan =
  | ReadScan
  | BeginScan
  | EndScan
  | SavepointScan
  | SetScan
  | DdlScan
  | TruncateScan
  | InsertScan
  | UpdateScan
  | DeleteScan
  | OpaqueScan

/** How a WHERE pins a whole key. */
export interface KeyMatch {
  /**
   * For each key column, in the order asked, the placeholders and literals it is compared with: one for
   * `=`, several for `IN`. The rows named are the cross product. Values are as written: the server may
   * still coerce or fold them (MySQL: text column = 0, case-insensitive collations).
   */
  readonly values: readonly (readonly Expr[])[]
  /**
   * True: the statement touches every row that has one of these keys (no further condition, no join, no
   * LIMIT). False: at most those rows.
   */
  readonly exact: boolean
}

// Which clauses a dialect has, as data: the parsers ask for a capability, never for a dialect's name.

import type { ScanDialect } from './statement.ts'

export interface Grammar {
  /** Unquoted names are lower-cased and names are cut to 63 bytes. */
  readonly foldsNames: boolean
  /** SQLite takes 'a' for a name where only a name can stand. */
  readonly stringNames: boolean
  readonly returning: boolean
  readonly onConflict: boolean
  /** ON DUPLICATE KEY UPDATE, VALUES(a), row alias, INSERT .. SET, VALUE, PARTITION. */
  readonly onDuplicate: boolean
  /** UPDATE .. FROM. */
  readonly updateFrom: boolean
  /** UPDATE and DELETE over several tables by comma and JOIN. */
  readonly multiTable: boolean
  /** DELETE .. USING as in PostgreSQL. */
  readonly deleteUsing: boolean
  /** ONLY t, t * */
  readonly inheritance: boolean
  /** INSERT OR .., INDEXED BY. */
  readonly orConflict: boolean
  /** RETURNING stands before ORDER BY and LIMIT. */
  readonly returningBeforeOrder: boolean
  /** `a::type` */
  readonly casts: boolean
  /** `||` is OR and `&&` is AND. */
  readonly logicalMarks: boolean
  /** Names of columns ignore case. */
  readonly columnsIgnoreCase: boolean
  /** SELECT .. INTO makes a table. */
  readonly selectIntoTable: boolean
  /** An alias may follow its table without AS. */
  readonly bareAlias: boolean
}

const mysql: Grammar = {
  foldsNames: false,
  stringNames: false,
  returning: false,
  onConflict: false,
  onDuplicate: true,
  updateFrom: false,
  multiTable: true,
  deleteUsing: false,
  inheritance: false,
  orConflict: false,
  returningBeforeOrder: false,
  casts: false,
  logicalMarks: true,
  columnsIgnoreCase: true,
  selectIntoTable: false,
  bareAlias: true,
}

export const grammars: Readonly<Record<ScanDialect, Grammar>> = {
  mysql,
  mariadb: { ...mysql, returning: true },
  postgres: {
    foldsNames: true,
    stringNames: false,
    returning: true,
    onConflict: true,
    onDuplicate: false,
    updateFrom: true,
    multiTable: false,
    deleteUsing: true,
    inheritance: true,
    orConflict: false,
    returningBeforeOrder: false,
    casts: true,
    logicalMarks: false,
    columnsIgnoreCase: false,
    selectIntoTable: true,
    bareAlias: true,
  },
  sqlite: {
    foldsNames: false,
    stringNames: true,
    returning: true,
    onConflict: true,
    onDuplicate: false,
    updateFrom: true,
    multiTable: false,
    deleteUsing: false,
    inheritance: false,
    orConflict: true,
    returningBeforeOrder: true,
    casts: false,
    logicalMarks: false,
    columnsIgnoreCase: true,
    selectIntoTable: false,
    bareAlias: false,
  },
}

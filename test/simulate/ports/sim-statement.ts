// The little language that simulated apps send instead of SQL, and the scan that the real SQL scanner would give for it.
// Every writing statement carries a token that stands in the row it writes, so that the oracle can tell writes apart.

import type { Scan } from '../../../packages/core/src/scan/statement.ts'

/** Writing statements: `verb` is the text, the rest are bound values. */
export type AppWrite =
  /** Writes the note of an item; makes the item with the label when it is absent. */
  | { readonly verb: 'put'; readonly key: string; readonly label: string; readonly token: string }
  /** Deletes an item with its lines (which a real capture expands). */
  | { readonly verb: 'remove'; readonly key: string; readonly token: string }
  /** Makes an item with a generated id. */
  | { readonly verb: 'insert'; readonly label: string; readonly token: string }
  /** Exchanges the labels of two items. */
  | { readonly verb: 'swap'; readonly key: string; readonly other: string; readonly token: string }
  /** Makes a line of an item, with a generated id. */
  | { readonly verb: 'attach'; readonly key: string; readonly token: string }
  /** Moves the newest line of an item to another item. */
  | { readonly verb: 'move'; readonly key: string; readonly other: string; readonly token: string }
  /** Writes the note of any row that exists. */
  | { readonly verb: 'mend'; readonly table: string; readonly key: string; readonly token: string }

const range = { start: 0, end: 0 }

const write = {
  kind: 'update',
  dialect: 'postgres',
  table: { schema: null, name: 'item', range, quoted: false },
  alias: null,
  withRange: null,
  returning: null,
  insertReturningAt: 0,
  placeholders: [],
  targets: [],
  multiTable: false,
  only: false,
  modifiers: [],
  where: null,
  predicate: null,
  whereAt: 0,
  currentOf: false,
  orderBy: null,
  limit: null,
  assignments: [],
  from: null,
  joins: null,
} as const satisfies Scan

const scans: Record<string, Scan> = {
  BEGIN: { kind: 'begin', isolation: null, readOnly: null, locking: null },
  'BEGIN REPEATABLE READ': { kind: 'begin', isolation: 'repeatable read', readOnly: null, locking: null },
  COMMIT: { kind: 'commit', chain: false, release: false },
  ROLLBACK: { kind: 'rollback', chain: false, release: false },
  'SAVEPOINT s': { kind: 'savepoint', name: 's' },
  'ROLLBACK TO s': { kind: 'rollback-to', name: 's' },
  put: write,
  remove: write,
  insert: write,
  swap: write,
  attach: write,
  move: write,
  mend: write,
}

export function scanOf(text: string): Scan {
  const scan = scans[text]
  if (scan === undefined) throw new Error(`no statement "${text}"`)
  return scan
}

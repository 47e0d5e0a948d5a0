// INSERT and REPLACE.

import { assignments } from './assignment.ts'
import { onConflict, onDuplicate } from './conflict.ts'
import type { Cursor } from './cursor.ts'
import { codeSet, kw } from './keyword.ts'
import { eachItem } from './list.ts'
import { mysqlModifiers, orConflict } from './modifier.ts'
import { placeholders } from './placeholder.ts'
import { returning } from './returning.ts'
import type { ColumnName, InsertScan, InsertSource, OnConflict, OnDuplicate, Range } from './statement.ts'
import { mark } from './token.ts'
import { valueRows } from './values.ts'

const none = codeSet()
const queryWords = codeSet(kw.SELECT, kw.VALUES, kw.WITH, kw.TABLE)
const sourceEnds = codeSet(kw.ON, kw.RETURNING)
const setEnds = codeSet(kw.ON, kw.RETURNING, kw.AS)

/** The statement at the cursor, which stands on INSERT or REPLACE. */
export function insertStatement(cursor: Cursor, withRange: Range | null): InsertScan {
  const { grammar } = cursor
  const verb = cursor.accept(kw.REPLACE) ? 'replace' : 'insert'
  if (verb === 'insert') cursor.expect(kw.INSERT)
  if (verb === 'replace' && grammar.inheritance) cursor.refuse('unknown-verb')
  const modifiers = mysqlModifiers(cursor, kw.LOW_PRIORITY, kw.HIGH_PRIORITY, kw.DELAYED, kw.IGNORE)
  if (modifiers.includes('delayed')) cursor.refuse('insert-delayed')
  const or = verb === 'insert' ? orConflict(cursor) : null
  if (!cursor.accept(kw.INTO) && !grammar.onDuplicate) cursor.refuse()

  const table = cursor.tableName()
  if (grammar.onDuplicate && cursor.code() === kw.PARTITION && cursor.code(1) === mark.open) {
    cursor.at++
    cursor.group()
  }
  const alias = grammar.onConflict ? cursor.alias(none, false) : null
  const columns = columnList(cursor)
  const overriding = overridingClause(cursor)
  const source = sourceOf(cursor)
  const rowAlias = rowAliasOf(cursor)

  let conflict: OnConflict | null = null
  let duplicate: OnDuplicate | null = null
  if (cursor.code() === kw.ON && cursor.code(1) === kw.CONFLICT) conflict = onConflict(cursor)
  else if (cursor.code() === kw.ON) duplicate = onDuplicate(cursor, rowAlias)
  const list =
    cursor.code() === kw.RETURNING && grammar.returning ? returning(cursor, cursor.at, cursor.stop) : null
  if (list === null && !cursor.done) cursor.refuse()

  return {
    kind: 'insert',
    dialect: cursor.dialect,
    verb,
    table,
    alias,
    ignore: modifiers.includes('ignore') ? 'ignore' : or,
    columns,
    overriding,
    source,
    rowAlias,
    onConflict: conflict,
    onDuplicate: duplicate,
    withRange,
    returning: list,
    insertReturningAt: cursor.endBefore(cursor.stop),
    placeholders: placeholders(cursor),
  }
}

/** `(a, b)` in front of the source; null when the parenthesis opens a query or there is none. */
function columnList(cursor: Cursor): ColumnName[] | null {
  if (cursor.code() !== mark.open || isQuery(cursor, cursor.at + 1)) return null
  const { from, to } = cursor.group()
  const columns: ColumnName[] = []
  const { code } = cursor.tokens
  eachItem(cursor, from, to, (first, last) => {
    // MySQL lets the table go before the column, PostgreSQL fields and subscripts behind it.
    let at = first
    if (!cursor.grammar.inheritance) while (at + 2 < last && code[at + 1] === mark.dot) at += 2
    const plain =
      at === last - 1 ||
      (cursor.grammar.inheritance && (code[at + 1] === mark.dot || code[at + 1] === mark.bracket))
    if (!plain || !cursor.isName(at)) cursor.refuse()
    columns.push({ name: cursor.nameAt(at), range: cursor.range(first, last) })
  })
  return columns
}

/** Whether a query starts at `index`, inside a parenthesis. */
function isQuery(cursor: Cursor, index: number): boolean {
  const { code } = cursor.tokens
  if (code[index] === mark.open) return true
  const next = code[index + 1]
  return (
    queryWords[code[index] as number] === 1 && next !== mark.comma && next !== mark.close && next !== mark.dot
  )
}

function overridingClause(cursor: Cursor): 'system' | 'user' | null {
  if (!cursor.accept(kw.OVERRIDING)) return null
  const kind = cursor.accept(kw.SYSTEM) ? 'system' : 'user'
  if (kind === 'user') cursor.expect(kw.USER)
  cursor.expect(kw.VALUE)
  return kind
}

function sourceOf(cursor: Cursor): InsertSource {
  const { grammar } = cursor
  const from = cursor.at
  if (cursor.code() === kw.DEFAULT && cursor.code(1) === kw.VALUES && !grammar.onDuplicate) {
    cursor.at += 2
    return { type: 'default', range: cursor.range(from, cursor.at) }
  }
  if (grammar.onDuplicate && cursor.accept(kw.SET)) {
    const to = endOfSource(cursor, setEnds)
    const list = assignments(cursor, from + 1, to)
    cursor.at = to
    return { type: 'set', range: cursor.range(from, to), assignments: list }
  }
  if (cursor.code() === kw.VALUES || (grammar.onDuplicate && cursor.code() === kw.VALUE)) {
    const rows = valueRows(cursor)
    if (rows !== null) return rows
  }
  if (cursor.code() !== mark.open && queryWords[cursor.code()] !== 1) cursor.refuse()
  const to = endOfSource(cursor, sourceEnds)
  cursor.at = to
  return { type: 'select', range: cursor.range(from, to), query: innermost(cursor, from, to) }
}

/** What the parentheses around all of it hold. */
function innermost(cursor: Cursor, from: number, to: number): Range {
  const isGroup = cursor.tokens.code[from] === mark.open && cursor.after(from) === to
  return isGroup ? innermost(cursor, from + 1, to - 1) : cursor.range(from, to)
}

/** Index where ON CONFLICT, ON DUPLICATE KEY or RETURNING follows; an ON of a join is none of them. */
function endOfSource(cursor: Cursor, ends: Uint8Array): number {
  const { code } = cursor.tokens
  let from = cursor.at
  for (;;) {
    const to = cursor.find(ends, from)
    if (to >= cursor.stop || code[to] !== kw.ON) return to
    const next = code[to + 2]
    if (code[to + 1] === kw.CONFLICT && (next === mark.open || next === kw.DO || next === kw.ON)) return to
    if (code[to + 1] === kw.DUPLICATE && next === kw.KEY && cursor.grammar.onDuplicate) return to
    from = to + 1
  }
}

/** MySQL's `AS new[(a, b)]` behind VALUES or SET. */
function rowAliasOf(cursor: Cursor): string | null {
  if (!cursor.grammar.onDuplicate || !cursor.accept(kw.AS)) return null
  const alias = cursor.name()
  // With column aliases the proposed row has other names than the table: leave it to the reader of the text.
  if (cursor.code() === mark.open) {
    cursor.group()
    return null
  }
  return alias
}

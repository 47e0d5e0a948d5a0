// ON CONFLICT and ON DUPLICATE KEY UPDATE.

import { assignments } from './assignment.ts'
import type { Cursor } from './cursor.ts'
import { codeSet, kw } from './keyword.ts'
import { eachItem } from './list.ts'
import type { Assignment, ConflictTarget, OnConflict, OnDuplicate, Range } from './statement.ts'
import { mark, tk } from './token.ts'

const untilDo = codeSet(kw.DO)
const setEnds = codeSet(kw.WHERE, kw.RETURNING, kw.ON)
const whereEnds = codeSet(kw.RETURNING, kw.ON)

/** The clause at the cursor, which stands on ON CONFLICT. */
export function onConflict(cursor: Cursor): OnConflict {
  if (!cursor.grammar.onConflict) cursor.refuse()
  const from = cursor.at
  cursor.at += 2
  const target = conflictTarget(cursor)
  cursor.expect(kw.DO)
  let list: Assignment[] = []
  let where: Range | null = null
  const action = cursor.accept(kw.NOTHING) ? 'nothing' : 'update'
  if (action === 'update') {
    cursor.expect(kw.UPDATE)
    cursor.expect(kw.SET)
    const end = cursor.find(setEnds, cursor.at)
    list = assignments(cursor, cursor.at, end)
    cursor.at = end
    if (cursor.accept(kw.WHERE)) {
      const first = cursor.at
      cursor.at = cursor.find(whereEnds, first)
      if (cursor.at === first) cursor.refuse()
      where = cursor.range(first, cursor.at)
    }
  }
  if (cursor.code() === kw.ON) cursor.refuse('several-conflict-clauses')
  return { range: cursor.range(from, cursor.at), target, action, assignments: list, where }
}

function conflictTarget(cursor: Cursor): ConflictTarget | null {
  if (cursor.accept(kw.ON)) {
    cursor.expect(kw.CONSTRAINT)
    return { type: 'constraint', name: cursor.name() }
  }
  if (cursor.code() !== mark.open) return null
  const open = cursor.at
  const { from, to } = cursor.group()
  const range = cursor.range(open, cursor.at)
  const columns: string[] = []
  let plain = true
  eachItem(cursor, from, to, (first, last) => {
    if (isIndexColumn(cursor, first, last)) columns.push(cursor.nameAt(first))
    else plain = false
  })
  let where: Range | null = null
  if (cursor.accept(kw.WHERE)) {
    const first = cursor.at
    cursor.at = cursor.find(untilDo, first)
    if (cursor.at === first) cursor.refuse()
    where = cursor.range(first, cursor.at)
  }
  return plain ? { type: 'columns', columns, where } : { type: 'expression', range }
}

/** A column, perhaps with COLLATE and an operator class, but no expression. */
function isIndexColumn(cursor: Cursor, from: number, to: number): boolean {
  if (!cursor.isName(from)) return false
  for (let index = from + 1; index < to; index++) {
    const kind = cursor.tokens.kind[index]
    if (kind !== tk.word && kind !== tk.name && cursor.tokens.code[index] !== mark.dot) return false
  }
  return cursor.tokens.code[from + 1] !== mark.dot
}

/** The clause at the cursor, which stands on ON DUPLICATE KEY UPDATE. */
export function onDuplicate(cursor: Cursor, rowAlias: string | null): OnDuplicate {
  if (!cursor.grammar.onDuplicate) cursor.refuse()
  const from = cursor.at
  cursor.expect(kw.ON)
  cursor.expect(kw.DUPLICATE)
  cursor.expect(kw.KEY)
  cursor.expect(kw.UPDATE)
  const end = cursor.find(codeSet(kw.RETURNING), cursor.at)
  const list = assignments(cursor, cursor.at, end, rowAlias)
  cursor.at = end
  return { range: cursor.range(from, end), assignments: list }
}

// UPDATE.

import { assignments } from './assignment.ts'
import type { Cursor } from './cursor.ts'
import { codeSet, kw } from './keyword.ts'
import { mysqlModifiers, orConflict } from './modifier.ts'
import { placeholders } from './placeholder.ts'
import type { Range, TargetTable, UpdateScan } from './statement.ts'
import { tableRefs } from './table-refs.ts'
import { tail, tailWords } from './tail.ts'
import { target } from './target.ts'

const setWord = codeSet(kw.SET)
const afterSet = codeSet(kw.FROM, kw.WHERE, kw.ORDER, kw.LIMIT, kw.RETURNING)

interface Targets {
  readonly tables: readonly TargetTable[]
  readonly only: boolean
  readonly joins: Range | null
  readonly modifiers: readonly string[]
}

/** The statement at the cursor, which stands on UPDATE. */
export function updateStatement(cursor: Cursor, withRange: Range | null): UpdateScan {
  const { grammar } = cursor
  cursor.expect(kw.UPDATE)
  const found = grammar.multiTable ? mysqlTargets(cursor) : plainTarget(cursor)
  const first = found.tables[0] ?? cursor.refuse()
  cursor.expect(kw.SET)

  const setFrom = cursor.at
  cursor.at = cursor.find(afterSet, setFrom)
  const list = assignments(cursor, setFrom, cursor.at)
  let from: Range | null = null
  if (cursor.accept(kw.FROM)) {
    if (!grammar.updateFrom) cursor.refuse()
    const start = cursor.at
    cursor.at = cursor.find(tailWords, start)
    if (cursor.at === start) cursor.refuse()
    from = cursor.range(start, cursor.at)
  }
  const { alias, ...table } = first
  return {
    kind: 'update',
    dialect: cursor.dialect,
    table,
    alias,
    targets: found.tables,
    multiTable: found.joins !== null,
    only: found.only,
    modifiers: found.modifiers,
    assignments: list,
    from,
    joins: found.joins,
    withRange,
    ...tail(cursor),
    placeholders: placeholders(cursor),
  }
}

function plainTarget(cursor: Cursor): Targets {
  const or = orConflict(cursor)
  const { table, only } = target(cursor, setWord)
  return { tables: [table], only, joins: null, modifiers: or === null ? [] : [or] }
}

function mysqlTargets(cursor: Cursor): Targets {
  const modifiers = mysqlModifiers(cursor, kw.LOW_PRIORITY, kw.IGNORE)
  const start = cursor.at
  const set = cursor.find(setWord, start)
  const refs = tableRefs(cursor, set)
  if (refs.partition) modifiers.push('partition')
  return { tables: refs.tables, only: false, joins: refs.single ? null : cursor.range(start, set), modifiers }
}

// DELETE.

import type { Cursor } from './cursor.ts'
import { codeSet, kw } from './keyword.ts'
import { mysqlModifiers } from './modifier.ts'
import { placeholders } from './placeholder.ts'
import type { DeleteScan, Range, TableName, TargetTable } from './statement.ts'
import { tableRefs } from './table-refs.ts'
import { tail, tailWords } from './tail.ts'
import { target } from './target.ts'
import { mark } from './token.ts'

const notAlias = codeSet(kw.USING, kw.WHERE, kw.RETURNING, kw.ORDER, kw.LIMIT, kw.PARTITION, kw.FOR, kw.FROM)

interface Targets {
  readonly tables: readonly TargetTable[]
  readonly only: boolean
  readonly using: Range | null
  readonly joins: Range | null
}

/** The statement at the cursor, which stands on DELETE. */
export function deleteStatement(cursor: Cursor, withRange: Range | null): DeleteScan {
  cursor.expect(kw.DELETE)
  const modifiers = mysqlModifiers(cursor, kw.LOW_PRIORITY, kw.QUICK, kw.IGNORE)
  const found = cursor.grammar.multiTable ? mysqlTargets(cursor, modifiers) : plainTarget(cursor)
  const { alias, ...table } = found.tables[0] ?? cursor.refuse()
  return {
    kind: 'delete',
    dialect: cursor.dialect,
    table,
    alias,
    targets: found.tables,
    multiTable: found.joins !== null,
    only: found.only,
    modifiers,
    using: found.using,
    joins: found.joins,
    withRange,
    ...tail(cursor),
    placeholders: placeholders(cursor),
  }
}

function plainTarget(cursor: Cursor): Targets {
  cursor.expect(kw.FROM)
  const { table, only } = target(cursor, notAlias)
  let using: Range | null = null
  if (cursor.grammar.deleteUsing && cursor.accept(kw.USING)) {
    const from = cursor.at
    cursor.at = cursor.find(tailWords, from)
    if (cursor.at === from) cursor.refuse()
    using = cursor.range(from, cursor.at)
  }
  return { tables: [table], only, using, joins: null }
}

/** `DELETE FROM t ..`, `DELETE a, b FROM refs ..` or `DELETE FROM a, b USING refs ..` */
function mysqlTargets(cursor: Cursor, modifiers: string[]): Targets {
  if (cursor.accept(kw.FROM)) {
    const start = cursor.at
    const names = targetNames(cursor)
    if (cursor.accept(kw.USING)) return joined(cursor, names)
    cursor.at = start
    const table = cursor.tableName()
    if (cursor.accept(kw.PARTITION)) {
      cursor.group()
      modifiers.push('partition')
    }
    const alias = cursor.alias(notAlias)
    if (cursor.accept(kw.PARTITION)) {
      cursor.group()
      modifiers.push('partition')
    }
    return { tables: [{ ...table, alias }], only: false, using: null, joins: null }
  }
  const names = targetNames(cursor)
  cursor.expect(kw.FROM)
  return joined(cursor, names)
}

/** `a, b.c, d.*` */
function targetNames(cursor: Cursor): TableName[] {
  const names: TableName[] = []
  do {
    names.push(cursor.tableName())
    if (cursor.code() === mark.dot && cursor.code(1) === mark.star) cursor.at += 2
  } while (cursor.accept(mark.comma))
  return names
}

/** The references at the cursor; the targets name tables or aliases of them. */
function joined(cursor: Cursor, names: readonly TableName[]): Targets {
  const start = cursor.at
  const to = cursor.find(tailWords, start)
  const refs = tableRefs(cursor, to)
  const tables = names.map((name) => {
    const matches = refs.tables.filter((ref) =>
      ref.alias !== null && name.schema === null
        ? ref.alias === name.name
        : ref.name === name.name && sameSchema(ref, name),
    )
    return matches.length === 1 ? (matches[0] as TargetTable) : cursor.refuse()
  })
  return { tables, only: false, using: null, joins: cursor.range(start, to) }
}

function sameSchema(ref: TableName, name: TableName): boolean {
  return ref.schema === null || name.schema === null || ref.schema === name.schema
}

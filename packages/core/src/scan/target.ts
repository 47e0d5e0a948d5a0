// The one target table of an UPDATE or DELETE outside of MySQL: [ONLY] t [*] [[AS] a] [INDEXED BY i].

import type { Cursor } from './cursor.ts'
import { kw, type CodeSet } from './keyword.ts'
import type { TargetTable } from './statement.ts'
import { mark } from './token.ts'

/** Takes the target; a bare word of `reserved` is no alias. */
export function target(cursor: Cursor, reserved: CodeSet): { table: TargetTable; only: boolean } {
  const only = cursor.grammar.inheritance && cursor.accept(kw.ONLY)
  const wrapped = only && cursor.accept(mark.open)
  const table = cursor.tableName()
  if (wrapped) cursor.expect(mark.close)
  if (cursor.grammar.inheritance && !only) cursor.accept(mark.star)
  const alias = cursor.alias(reserved)
  if (cursor.grammar.orConflict) {
    if (cursor.accept(kw.NOT)) cursor.expect(kw.INDEXED)
    else if (cursor.accept(kw.INDEXED)) {
      cursor.expect(kw.BY)
      cursor.name()
    }
  }
  return { table: { ...table, alias }, only }
}

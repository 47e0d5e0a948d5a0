// The answer for everything that is not classified exactly (W10).

import type { OpaqueReason, OpaqueScan } from './statement.ts'
import { wordsOf } from './words.ts'

const writers = new Set(
  `abort alter analyze attach begin binlog call commit copy create delete detach do drop exec execute explain grant
  handler import insert load lock merge optimize pragma prepare reindex release rename repair replace reset revoke
  rollback savepoint select set start truncate unlock update vacuum values with xa`.split(/\s+/),
)

const alwaysHidden = new Set<OpaqueReason>([
  'unterminated',
  'illegal-character',
  'call',
  'do',
  'prepared-statement',
  'two-phase-commit',
  'set-autocommit',
  'set-statement',
  'compound',
  'unknown-verb',
  'lock-tables',
])

const callsCode = /\b(?:call|exec|execute|prepare|binlog)\b|\bdo\b(?!\s+(?:nothing|update|instead|also)\b)/i

/** `hidden`: known from elsewhere that the statement may do more than it names. */
export function opaque(sql: string, reason: OpaqueReason, hidden = false): OpaqueScan {
  const names = wordsOf(sql)
  return {
    kind: 'opaque',
    reason,
    verbs: names.filter((name) => writers.has(name)),
    names,
    hidden: hidden || alwaysHidden.has(reason) || callsCode.test(sql),
  }
}

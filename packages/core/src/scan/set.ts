// Statements that change the session: SET, RESET, DISCARD, PRAGMA, USE, ATTACH, DETACH.

import type { Cursor } from './cursor.ts'
import { expression } from './expression.ts'
import { kw } from './keyword.ts'
import { eachItem } from './list.ts'
import type { Isolation, SetScan } from './statement.ts'
import { mark, tk } from './token.ts'
import { transactionModes } from './transaction.ts'

type Mutable = { -readonly [Field in keyof SetScan]: SetScan[Field] }

function nothing(...variables: string[]): Mutable {
  return { kind: 'set', variables, isolation: null, autocommit: null, schema: false, lexing: false }
}

/** USE, ATTACH and DETACH: unqualified names may mean other tables. */
export function changeSchema(_cursor: Cursor): SetScan {
  return { ...nothing('database'), schema: true }
}

/** The cursor stands behind PRAGMA. */
export function pragma(cursor: Cursor): SetScan {
  return nothing(cursor.tableName().name.toLowerCase())
}

/** The cursor stands behind RESET or DISCARD. */
export function reset(cursor: Cursor): SetScan {
  if (cursor.grammar.multiTable) cursor.refuse('maintenance')
  const name = words(cursor, cursor.at, cursor.stop)
  const all = name === 'all' || name === ''
  return {
    ...nothing(name),
    schema: all || postgresSchema.test(name),
    lexing: all || postgresLexing.test(name),
  }
}

/** The cursor stands behind SET. */
export function set(cursor: Cursor): SetScan {
  return cursor.grammar.multiTable ? mysqlSet(cursor) : postgresSet(cursor)
}

const postgresSchema = /^(?:search_path|schema|role|session authorization)/
const postgresLexing = /^(?:standard_conforming_strings|client_encoding|names)/
const postgresIsolation = /^(?:default_)?transaction_isolation$/

function postgresSet(cursor: Cursor): SetScan {
  if (cursor.code() === kw.LOCAL || (cursor.code() === kw.SESSION && !isSessionObject(cursor))) cursor.at++
  if (cursor.accept(kw.TRANSACTION)) return transaction(cursor, 'transaction')
  if (cursor.code() === kw.SESSION && cursor.code(1) === kw.CHARACTERISTICS) {
    cursor.at += 2
    cursor.expect(kw.AS)
    cursor.expect(kw.TRANSACTION)
    return transaction(cursor, 'session')
  }
  const from = cursor.at
  const { code } = cursor.tokens
  let to = from
  while (
    to < cursor.stop &&
    code[to] !== mark.equals &&
    code[to] !== kw.TO &&
    cursor.kind(to - from) !== tk.string
  )
    to++
  const name = words(cursor, from, to)
  const found = { ...nothing(name), schema: postgresSchema.test(name), lexing: postgresLexing.test(name) }
  if (postgresIsolation.test(name)) {
    const level = levelOf(valueText(cursor, to + 1, cursor.stop))
    const scope = name.startsWith('default_') ? 'session' : 'transaction'
    found.isolation = level === null ? null : { scope, level }
  }
  return found
}

/** SET SESSION AUTHORIZATION and SET SESSION CHARACTERISTICS, where SESSION is no scope. */
function isSessionObject(cursor: Cursor): boolean {
  return (
    cursor.code(1) === kw.CHARACTERISTICS ||
    cursor.tokens.text(cursor.at + 1).toLowerCase() === 'authorization'
  )
}

function transaction(cursor: Cursor, scope: 'transaction' | 'session'): SetScan {
  const modes = transactionModes(cursor)
  const found = nothing('transaction')
  if (modes.isolation !== null) found.isolation = { scope, level: modes.isolation }
  return found
}

const scopes = new Map<number, 'global' | 'session'>([
  [kw.GLOBAL, 'global'],
  [kw.PERSIST, 'global'],
  [kw.PERSIST_ONLY, 'global'],
  [kw.SESSION, 'session'],
  [kw.LOCAL, 'session'],
])

function mysqlSet(cursor: Cursor): SetScan {
  const word = cursor.tokens.text(cursor.at).toLowerCase()
  if (cursor.code() === kw.STATEMENT && cursor.kind(1) === tk.word) cursor.refuse('set-statement')
  if (word === 'password' || (cursor.code() === kw.DEFAULT && cursor.code(1) === kw.ROLE))
    cursor.refuse('maintenance')
  const scoped = scopes.get(cursor.code())
  if (cursor.code(scoped === undefined ? 0 : 1) === kw.TRANSACTION) {
    cursor.at += scoped === undefined ? 1 : 2
    const found = transaction(cursor, scoped === undefined ? 'transaction' : 'session')
    return scoped === 'global' ? nothing('transaction') : found
  }
  const found = nothing()
  const names: string[] = []
  eachItem(cursor, cursor.at, cursor.stop, (from, to) => names.push(mysqlVariable(cursor, from, to, found)))
  found.variables = names
  return found
}

/** One `[scope] name = value`; notes in `found` what it means and gives the name. */
function mysqlVariable(cursor: Cursor, from: number, to: number, found: Mutable): string {
  const { code } = cursor.tokens
  let at = from
  let scope: 'global' | 'session' | null = scopes.get(code[at] as number) ?? null
  if (scope !== null) at++
  let system = 0
  while (code[at] === mark.at) {
    system++
    at++
  }
  if (system === 2 && code[at + 1] === mark.dot) {
    scope = scopes.get(code[at] as number) ?? null
    if (scope !== null) at += 2
  }
  const nameFrom = at
  while (at < to && code[at] !== mark.equals && code[at] !== mark.colon) at++
  const name = cursor.tokens.sql
    .slice(cursor.tokens.start[nameFrom], cursor.endBefore(at))
    .toLowerCase()
    .replaceAll('`', '')
  if (system === 1) return `@${name}`
  if (/^(?:names|character\s+set|charset)\b/.test(name)) {
    found.lexing ||=
      !/^(?:names|character\s+set|charset)\s+['"]?(?:utf8|utf8mb3|utf8mb4|latin1|ascii|binary|default)\b/.test(
        name,
      )
    return 'names'
  }
  if (at >= to) return name
  const value = code[at] === mark.colon ? at + 2 : at + 1
  if (name === 'autocommit' && scope !== 'global') found.autocommit = onOff(cursor, value, to)
  if ((name === 'transaction_isolation' || name === 'tx_isolation') && scope !== 'global') {
    const level = levelOf(valueText(cursor, value, to))
    // @@transaction_isolation without scope means the next transaction only.
    if (level !== null)
      found.isolation = { scope: system === 2 && scope === null ? 'transaction' : 'session', level }
  }
  if (name === 'sql_mode') found.lexing ||= changesLexing(valueText(cursor, value, to))
  if (name === 'character_set_client') found.lexing = true
  return name
}

function onOff(cursor: Cursor, from: number, to: number): boolean {
  const value = expression(cursor, from, to)
  const text = value.type === 'literal' && value.value !== null ? value.value : valueText(cursor, from, to)
  if (/^(?:1|on|true)$/i.test(text)) return true
  if (/^(?:0|off|false)$/i.test(text)) return false
  return cursor.refuse('set-autocommit')
}

/** Whether a value of sql_mode may turn on a mode that changes quotes, escapes or `||`, or can't be known. */
function changesLexing(value: string): boolean {
  return /ansi|backslash|pipes|oracle|mssql|db2|maxdb|postgresql|[?\d]|(?:^|[^@])@(?!@)/i.test(value)
}

function valueText(cursor: Cursor, from: number, to: number): string {
  return from < to ? cursor.tokens.sql.slice(cursor.tokens.start[from], cursor.endBefore(to)) : ''
}

function levelOf(value: string): Isolation | null {
  const match = /^['"]?(read|repeatable|serializable)[\s-]?(uncommitted|committed|read)?['"]?$/i.exec(value)
  const level = match === null ? '' : [match[1], match[2]].filter(Boolean).join(' ').toLowerCase()
  return levels.find((known) => known === level) ?? null
}

const levels: readonly Isolation[] = ['read uncommitted', 'read committed', 'repeatable read', 'serializable']

/** The tokens [from, to) in lower case, words apart by one blank. */
function words(cursor: Cursor, from: number, to: number): string {
  let text = ''
  for (let at = from; at < to; at++) {
    const glued =
      cursor.tokens.code[at] === mark.dot || cursor.tokens.code[at - 1] === mark.dot || at === from
    text += (glued ? '' : ' ') + cursor.tokens.text(at).toLowerCase()
  }
  return text
}

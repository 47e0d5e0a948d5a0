import { describe, expect, it } from 'vitest'
import { scanText, type ScanDialect, type SetScan } from './scan.ts'

const nothing: Omit<SetScan, 'variables'> = {
  kind: 'set',
  isolation: null,
  autocommit: null,
  schema: false,
  lexing: false,
}

describe('session settings', () => {
  it.each<[ScanDialect, string, Partial<SetScan>]>([
    ['postgres', 'set local search_path to a, public', { variables: ['search_path'], schema: true }],
    [
      'postgres',
      'SET TRANSACTION ISOLATION LEVEL READ COMMITTED;',
      { variables: ['transaction'], isolation: { scope: 'transaction', level: 'read committed' } },
    ],
    [
      'postgres',
      'set session characteristics as transaction isolation level serializable',
      { variables: ['transaction'], isolation: { scope: 'session', level: 'serializable' } },
    ],
    [
      'postgres',
      "set session default_transaction_isolation = 'repeatable read'",
      {
        variables: ['default_transaction_isolation'],
        isolation: { scope: 'session', level: 'repeatable read' },
      },
    ],
    [
      'postgres',
      "set transaction_isolation to 'serializable'",
      { variables: ['transaction_isolation'], isolation: { scope: 'transaction', level: 'serializable' } },
    ],
    ['postgres', "set statement_timeout = '5s'", { variables: ['statement_timeout'] }],
    ['postgres', "set timezone 'UTC'", { variables: ['timezone'] }],
    [
      'postgres',
      'set standard_conforming_strings = off',
      { variables: ['standard_conforming_strings'], lexing: true },
    ],
    ['postgres', 'set role x', { variables: ['role x'], schema: true }],
    ['postgres', 'set session authorization x', { variables: ['session authorization x'], schema: true }],
    ['postgres', 'set app.tenant to 5', { variables: ['app.tenant'] }],
    ['postgres', 'reset all', { variables: ['all'], schema: true, lexing: true }],
    ['postgres', 'discard all', { variables: ['all'], schema: true, lexing: true }],
    [
      'mysql',
      'set session transaction isolation level repeatable read',
      { variables: ['transaction'], isolation: { scope: 'session', level: 'repeatable read' } },
    ],
    [
      'mysql',
      'set transaction isolation level serializable, read only',
      { variables: ['transaction'], isolation: { scope: 'transaction', level: 'serializable' } },
    ],
    ['mysql', 'set global transaction isolation level serializable', { variables: ['transaction'] }],
    [
      'mysql',
      "set @@session.transaction_isolation = 'READ-COMMITTED', @x = 1",
      {
        variables: ['transaction_isolation', '@x'],
        isolation: { scope: 'session', level: 'read committed' },
      },
    ],
    [
      'mysql',
      "set @@transaction_isolation = 'serializable'",
      { variables: ['transaction_isolation'], isolation: { scope: 'transaction', level: 'serializable' } },
    ],
    ['mysql', 'set autocommit = 0', { variables: ['autocommit'], autocommit: false }],
    [
      'mysql',
      'set @@autocommit := ON, session sql_mode = "STRICT_ALL_TABLES"',
      { variables: ['autocommit', 'sql_mode'], autocommit: true },
    ],
    ['mysql', 'set global autocommit = 0', { variables: ['autocommit'] }],
    ['mysql', "set sql_mode = 'ANSI_QUOTES'", { variables: ['sql_mode'], lexing: true }],
    [
      'mysql',
      "set sql_mode = concat(@@sql_mode, ',NO_BACKSLASH_ESCAPES')",
      { variables: ['sql_mode'], lexing: true },
    ],
    ['mysql', 'set sql_mode = ?', { variables: ['sql_mode'], lexing: true }],
    ['mysql', 'set sql_mode = @old', { variables: ['sql_mode'], lexing: true }],
    ['mysql', "set sql_mode = concat(@@sql_mode, ',STRICT_ALL_TABLES')", { variables: ['sql_mode'] }],
    ['mysql', 'set names utf8mb4', { variables: ['names'] }],
    ['mysql', 'set names gbk', { variables: ['names'], lexing: true }],
    ['mysql', 'set foreign_key_checks = 0', { variables: ['foreign_key_checks'] }],
    ['mysql', 'use `other`', { variables: ['database'], schema: true }],
    ['sqlite', 'PRAGMA foreign_keys = ON', { variables: ['foreign_keys'] }],
    ['sqlite', 'pragma main.table_info(`t`)', { variables: ['table_info'] }],
    ['sqlite', "attach 'x.db' as y", { variables: ['database'], schema: true }],
  ])('%s: %s', (dialect, sql, expected) => {
    expect(scanText(sql, dialect)).toEqual({ ...nothing, ...expected })
  })

  it.each<[ScanDialect, string, string]>([
    ['mysql', 'set autocommit = @x', 'set-autocommit'],
    ['mysql', 'set autocommit = default', 'set-autocommit'],
    ['mariadb', 'set statement max_statement_time = 1 for delete from t', 'set-statement'],
    ['mysql', "set password = 'x'", 'maintenance'],
    ['mysql', 'set default role all to x', 'maintenance'],
    ['mysql', 'reset binary logs and gtids', 'maintenance'],
  ])('%s: refuses %s', (dialect, sql, reason) => {
    expect(scanText(sql, dialect)).toMatchObject({ kind: 'opaque', reason })
  })
})

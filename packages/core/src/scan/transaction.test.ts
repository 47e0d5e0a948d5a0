import { describe, expect, it } from 'vitest'
import { scanText, type Scan, type ScanDialect } from './scan.ts'

const begin = { kind: 'begin', isolation: null, readOnly: null, locking: null } as const
const commit = { kind: 'commit', chain: false, release: false } as const
const rollback = { kind: 'rollback', chain: false, release: false } as const

describe('transaction control', () => {
  it.each<[ScanDialect, string, Scan]>([
    ['postgres', 'BEGIN;', begin],
    [
      'postgres',
      'begin work isolation level repeatable read, read only deferrable',
      { ...begin, isolation: 'repeatable read', readOnly: true },
    ],
    [
      'postgres',
      'START TRANSACTION ISOLATION LEVEL SERIALIZABLE READ WRITE NOT DEFERRABLE',
      { ...begin, isolation: 'serializable', readOnly: false },
    ],
    [
      'postgres',
      'begin transaction isolation level read uncommitted',
      { ...begin, isolation: 'read uncommitted' },
    ],
    ['postgres', 'end', commit],
    ['postgres', 'abort and chain', { ...rollback, chain: true }],
    ['postgres', 'commit and no chain;', commit],
    ['postgres', 'ROLLBACK TO SAVEPOINT "Sp"', { kind: 'rollback-to', name: 'Sp' }],
    ['postgres', 'rollback work to Sp', { kind: 'rollback-to', name: 'sp' }],
    ['postgres', 'RELEASE trx5;', { kind: 'release', name: 'trx5' }],
    ['postgres', 'SAVEPOINT typeorm_1', { kind: 'savepoint', name: 'typeorm_1' }],
    ['postgres', 'release savepoint', { kind: 'release', name: 'savepoint' }],
    ['mysql', 'BEGIN WORK', begin],
    ['mysql', 'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY', { ...begin, readOnly: true }],
    ['mysql', 'commit work and chain no release', { ...commit, chain: true }],
    ['mysql', 'rollback release', { ...rollback, release: true }],
    ['mysql', 'rollback to savepoint `A`', { kind: 'rollback-to', name: 'a' }],
    ['mariadb', 'release savepoint A', { kind: 'release', name: 'a' }],
    ['sqlite', 'begin immediate transaction x', { ...begin, locking: 'immediate' }],
    ['sqlite', 'begin exclusive', { ...begin, locking: 'exclusive' }],
    ['sqlite', 'begin deferred', { ...begin, locking: 'deferred' }],
    ['sqlite', 'end transaction', commit],
    ['sqlite', "rollback transaction to 'A B'", { kind: 'rollback-to', name: 'a b' }],
    ['sqlite', 'ROLLBACK TRANSACTION x', rollback],
  ])('%s: %s', (dialect, sql, expected) => {
    expect(scanText(sql, dialect)).toEqual(expected)
  })

  it.each<[ScanDialect, string, string]>([
    ['postgres', 'begin foo', 'unexpected-syntax'],
    ['postgres', 'commit 1', 'unexpected-syntax'],
    ['postgres', "commit prepared 'x'", 'two-phase-commit'],
    ['postgres', "rollback prepared 'x'", 'two-phase-commit'],
    ['postgres', "prepare transaction 'x'", 'prepared-statement'],
    ['postgres', 'savepoint a b', 'unexpected-syntax'],
    ['mariadb', 'begin not atomic select 1', 'compound'],
    ['mysql', 'start replica', 'maintenance'],
    ['mysql', "xa start 'x'", 'two-phase-commit'],
    ['mysql', 'lock tables t write', 'lock-tables'],
    ['mysql', 'end', 'unknown-verb'],
  ])('%s: refuses %s', (dialect, sql, reason) => {
    expect(scanText(sql, dialect)).toMatchObject({ kind: 'opaque', reason })
  })
})

import { describe, expect, it } from 'vitest'
import { mentions, scanText, type OpaqueReason, type OpaqueScan, type ScanDialect } from './scan.ts'

function opaque(sql: string, dialect: ScanDialect): OpaqueScan {
  const scan = scanText(sql, dialect)
  if (scan.kind !== 'opaque') throw new Error(`${scan.kind}: ${sql}`)
  return scan
}

describe('what is not classified (W10)', () => {
  it.each<[ScanDialect, string, OpaqueReason, boolean]>([
    ['postgres', 'update t set a = 1; update u set b = 2', 'multi-statement', false],
    ['postgres', 'update t set a = 1; select 1;', 'multi-statement', false],
    ['postgres', 'update t set a = 1; commit', 'multi-statement', true],
    ['postgres', 'select 1; do $$ begin delete from t; end $$', 'multi-statement', true],
    ['postgres', 'with x as (delete from t returning *) select * from x', 'nested-write', false],
    [
      'postgres',
      'with x as materialized (insert into t values (1) returning *) select * from x',
      'nested-write',
      false,
    ],
    [
      'postgres',
      'with x as (with y as (select 1) update only t set a = 1 returning *) insert into u select * from x',
      'nested-write',
      false,
    ],
    [
      'postgres',
      'with x as (merge into t using u on true when matched then delete returning *) select 1',
      'nested-write',
      false,
    ],
    ['postgres', 'merge into t using u on true when matched then delete', 'merge', false],
    [
      'postgres',
      'with x as (select 1) merge into t using x on true when matched then delete',
      'merge',
      false,
    ],
    ['postgres', 'copy t from stdin', 'copy', false],
    ['postgres', "do $$ begin execute 'delete from ' || 't'; end $$", 'do', true],
    ['postgres', 'call p()', 'call', true],
    ['postgres', 'execute p(1)', 'prepared-statement', true],
    ['postgres', 'prepare p as delete from t', 'prepared-statement', true],
    ['postgres', 'vacuum t', 'maintenance', false],
    ['postgres', 'cluster t', 'unknown-verb', true],
    ['mysql', "load data infile 'x' into table t", 'load', false],
    ['mysql', 'handler t open', 'handler', false],
    ['mysql', 'do sleep(1)', 'do', true],
    ['mysql', "prepare s from 'delete from t'", 'prepared-statement', true],
    ['mysql', 'update t set a = 1 /*! where b */', 'executable-comment', false],
    ['mysql', 'binlog "x"', 'unknown-verb', true],
    ['mysql', "update t set a = 'x", 'unterminated', true],
    ['postgres', 'update t set a = (1', 'unbalanced', false],
    ['sqlite', 'vacuum', 'maintenance', false],
    ['sqlite', 'merge into t', 'merge', false],
    ['postgres', 'insert into t values (1) on conflict do nothing limit 1', 'unexpected-syntax', false],
  ])('%s: %s', (dialect, sql, reason, hidden) => {
    expect(opaque(sql, dialect)).toMatchObject({ reason, hidden })
  })

  it('names every word of the text, those in strings, comments and quotes too', () => {
    const scan = opaque(`call p('delete from Users') /* posts */ -- "My Tags"`, 'postgres')
    expect(['users', 'posts', 'My Tags'].map((name) => mentions(scan, name))).toEqual([true, true, true])
    expect(mentions(scan, 'orders')).toBe(false)
    expect(scan.verbs).toEqual(['call', 'delete'])
  })
})

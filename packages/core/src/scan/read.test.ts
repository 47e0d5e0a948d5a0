import { describe, expect, it } from 'vitest'
import { scanText, type ScanDialect } from './scan.ts'

describe('reads', () => {
  it.each<[ScanDialect, string, string[]]>([
    ['postgres', 'select 1', []],
    ['postgres', '', []],
    ['postgres', ' -- nothing\n;;', []],
    [
      'postgres',
      'select * from a, "B" b, (select x from c) d join e on (e.id = b.id), f.g',
      ['a', 'B', 'c', 'e', 'g'],
    ],
    ['postgres', 'select a from only t, lateral (select 1) u where x is distinct from y', ['t']],
    [
      'postgres',
      'select generate_series(1, 2), (select 1 from a where b in (select c from d)) from e order by f, g',
      ['a', 'd', 'e'],
    ],
    ['postgres', 'with x as (select 1 from a) select * from x union (select 1 from b)', ['a', 'x', 'b']],
    ['postgres', '((select 1 from a))', ['a']],
    ['postgres', 'select * from (a cross join b), c', ['a', 'b', 'c']],
    ['postgres', 'select * from generate_series(1, 2) s, a', ['a']],
    ['postgres', 'values (1), (2)', []],
    ['postgres', 'table a', ['a']],
    ['mysql', 'select a from t use index (i, j) straight_join u limit 1, 2', ['t', 'u']],
    ['mysql', 'select * from t for system_time all, u', ['t', 'u']],
    ['mysql', 'select a into @x from t', ['t']],
    ['mysql', 'show full columns from t', []],
    ['postgres', 'explain (costs off) delete from t', []],
    ['mysql', 'explain format=json update t set a = 1', []],
    ['mysql', 'desc t', []],
    ['sqlite', 'explain query plan delete from t', []],
    ['postgres', 'explain analyze select * from t', ['t']],
    ['postgres', 'explain (analyze, buffers) with x as (select 1) select * from t', ['t']],
    ['mariadb', 'analyze format=json select * from t', ['t']],
    ['postgres', 'declare c cursor for select * from t', ['t']],
    ['postgres', 'listen x', []],
    ['postgres', 'fetch 10 from c', []],
  ])('%s: %s', (dialect, sql, tables) => {
    const scan = scanText(sql, dialect)
    expect(scan).toMatchObject({ kind: 'read', locks: false })
    expect(scan.kind === 'read' && scan.tables.map((table) => table.name)).toEqual(tables)
  })

  it.each<[ScanDialect, string, boolean]>([
    ['postgres', 'select 1 from t for update skip locked', true],
    ['postgres', 'select 1 from t for no key update of t', true],
    ['postgres', 'select * from (select 1 from t for share) x', true],
    ['mysql', 'select 1 from t lock in share mode', true],
    ['mysql', "select 'for update' from t -- for update", false],
    ['postgres', 'select substring(a for 3) from t', false],
    ['postgres', 'select a."for", a.for, 1 as for from t', false],
  ])('%s: sees whether %s locks', (dialect, sql, locks) => {
    expect(scanText(sql, dialect)).toMatchObject({ kind: 'read', locks })
  })

  it.each<[ScanDialect, string, string]>([
    ['postgres', 'select * into x from t', 'select-into'],
    ['postgres', '(select * into x from t)', 'select-into'],
    ['postgres', 'with a as (select 1) select * into x from a', 'select-into'],
    ['postgres', 'explain analyze delete from t', 'explain-analyze-write'],
    [
      'postgres',
      'explain (verbose, analyze true) with x as (select 1) update t set a = 1',
      'explain-analyze-write',
    ],
    ['postgres', 'explain analyze select * into x from t', 'select-into'],
    ['mariadb', 'analyze update t set a = 1', 'explain-analyze-write'],
    ['mysql', 'describe analyze delete from t', 'explain-analyze-write'],
    ['mariadb', 'analyze table t', 'maintenance'],
    ['postgres', 'analyze t', 'maintenance'],
  ])('%s: does not call %s a read (W10)', (dialect, sql, reason) => {
    expect(scanText(sql, dialect)).toMatchObject({ kind: 'opaque', reason })
  })
})

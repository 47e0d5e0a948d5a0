import { describe, expect, it } from 'vitest'
import { mentions, scanText, type ScanDialect } from './scan.ts'

describe('definitions', () => {
  it.each<[ScanDialect, string, string, string | null, string[]]>([
    ['postgres', 'create table if not exists "S"."T" (id int)', 'create', 'table', ['S.T']],
    ['postgres', 'create unlogged table t as select 1', 'create', 'table', ['t']],
    ['postgres', 'alter table if exists only t rename to u', 'alter', 'table', ['t', 'u']],
    ['postgres', 'alter table t rename a to b', 'alter', 'table', ['t']],
    ['postgres', 'alter table t rename column a to b', 'alter', 'table', ['t']],
    ['mysql', 'alter table t rename as u', 'alter', 'table', ['t', 'u']],
    ['mysql', 'alter table t add column a int, rename u', 'alter', 'table', ['t', 'u']],
    ['mysql', 'rename table a to b, c.d to e', 'rename', 'table', ['a', 'b', 'c.d', 'e']],
    ['postgres', 'drop table if exists a, b.c cascade', 'drop', 'table', ['a', 'b.c']],
    ['postgres', 'create unique index concurrently i on only s.t (a)', 'create', 'index', ['s.t']],
    ['mysql', 'drop index i on t', 'drop', 'index', ['t']],
    [
      'sqlite',
      'create trigger if not exists x after update of a on t begin delete from u; select 1; end',
      'create',
      'trigger',
      ['t'],
    ],
    [
      'mysql',
      'create trigger x before insert on t for each row begin if a then set b = 1; end if; set c = case when 1 then 2 end; end',
      'create',
      'trigger',
      ['t'],
    ],
    ['postgres', 'comment on column s.t.c is $$x$$', 'comment', 'column', ['t']],
    ['postgres', 'grant select on t to x', 'grant', null, []],
    [
      'postgres',
      'create function f() returns int language sql begin atomic select 1; end',
      'create',
      'function',
      [],
    ],
    ['postgres', 'create view v as select * from t', 'create', 'view', []],
  ])('%s: %s', (dialect, sql, verb, object, tables) => {
    const scan = scanText(sql, dialect)
    expect(scan).toMatchObject({ kind: 'ddl', verb, object })
    const found =
      scan.kind === 'ddl'
        ? scan.tables.map(({ schema, name }) => (schema === null ? name : `${schema}.${name}`))
        : []
    expect(found).toEqual(tables)
  })

  it('tells whether a table may be meant, by any spelling of its name', () => {
    const scan = scanText('create rule r as on insert to "My-Table" do instead nothing', 'postgres')
    if (scan.kind !== 'ddl') throw new Error(scan.kind)
    expect(mentions(scan, 'my-table')).toBe(true)
    expect(mentions(scan, 'MY-TABLE')).toBe(true)
    expect(mentions(scan, 'my-other')).toBe(false)
  })

  it.each<[ScanDialect, string, string[], boolean]>([
    ['postgres', 'truncate table only a, "S".b * restart identity cascade', ['a', 'b'], true],
    ['mysql', 'TRUNCATE `t`', ['t'], false],
  ])('%s: %s', (dialect, sql, tables, cascade) => {
    const scan = scanText(sql, dialect)
    expect(scan).toMatchObject({ kind: 'truncate', cascade })
    expect(scan.kind === 'truncate' && scan.tables.map((table) => table.name)).toEqual(tables)
  })

  it('knows no TRUNCATE on SQLite', () => {
    expect(scanText('truncate t', 'sqlite')).toMatchObject({ kind: 'opaque', reason: 'unknown-verb' })
  })
})

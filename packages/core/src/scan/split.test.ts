import { describe, expect, it } from 'vitest'
import { cut } from './cut.ts'
import { splitStatements, type ScanDialect } from './scan.ts'

describe('splitting a script', () => {
  it.each<[ScanDialect, string, string[]]>([
    ['postgres', '', []],
    ['postgres', ' ;; -- x\n ', []],
    [
      'postgres',
      "select 1; insert into t values (';') ; select $$;$$",
      ['select 1', "insert into t values (';')", 'select $$;$$'],
    ],
    [
      'postgres',
      'create rule r as on insert to t do (select 1; select 2); select 3',
      ['create rule r as on insert to t do (select 1; select 2)', 'select 3'],
    ],
    ['postgres', '/* a; */ select 1 -- b;\n; select 2', ['select 1', 'select 2']],
    [
      'postgres',
      'begin; update t set a = 1; end; select 1',
      ['begin', 'update t set a = 1', 'end', 'select 1'],
    ],
    [
      'sqlite',
      'create trigger x after insert on t begin delete from u; select case when 1 then 2 end; end; select 1',
      [
        'create trigger x after insert on t begin delete from u; select case when 1 then 2 end; end',
        'select 1',
      ],
    ],
    [
      'mysql',
      'create procedure p() begin if a then select 1; end if; while b do select 2; end while; case c when 1 then select 3; end case; end; drop table t',
      [
        'create procedure p() begin if a then select 1; end if; while b do select 2; end while; case c when 1 then select 3; end case; end',
        'drop table t',
      ],
    ],
    [
      'mysql',
      'create table t (a int) # x;\n; create trigger x before insert on t for each row set new.a = 1; select 1',
      [
        'create table t (a int)',
        'create trigger x before insert on t for each row set new.a = 1',
        'select 1',
      ],
    ],
    ['postgres', "select 1; select 'open; select 2", ['select 1', "select 'open; select 2"]],
    ['postgres', "select 1; 'open", ['select 1', "'open"]],
    ['postgres', "'open", ["'open"]],
  ])('%s: %s', (dialect, sql, expected) => {
    expect(splitStatements(sql, dialect).map((range) => cut(sql, range))).toEqual(expected)
  })
})

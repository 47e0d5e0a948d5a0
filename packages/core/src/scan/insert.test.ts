import { describe, expect, it } from 'vitest'
import { cut } from './cut.ts'
import { scanText, type InsertScan, type ScanDialect } from './scan.ts'

function insert(sql: string, dialect: ScanDialect): InsertScan {
  const scan = scanText(sql, dialect)
  if (scan.kind !== 'insert') throw new Error(`${JSON.stringify(scan)}: ${sql}`)
  return scan
}

/** The source as its type and the text of its cells. */
function source(sql: string, dialect: ScanDialect): unknown {
  const { source: found } = insert(sql, dialect)
  if (found.type === 'values')
    return found.rows.map((row) => row.map((cell) => `${cell.type}:${cut(sql, cell.range)}`))
  if (found.type === 'set')
    return found.assignments.map((item) => `${item.column}=${item.value.type}:${cut(sql, item.value.range)}`)
  return `${found.type}:${cut(sql, found.range)}`
}

describe('INSERT', () => {
  it('finds table, alias, columns and rows of an ORM insert', () => {
    const sql = `insert into "App"."Users" as u ("id", Email) values ($1, DEFAULT), ($2, lower($3)) returning "id", *;`
    const scan = insert(sql, 'postgres')
    expect(scan.table).toEqual({ schema: 'App', name: 'Users', quoted: true, range: { start: 12, end: 25 } })
    expect(scan.alias).toBe('u')
    expect(scan.columns?.map((column) => [column.name, cut(sql, column.range)])).toEqual([
      ['id', '"id"'],
      ['email', 'Email'],
    ])
    expect(source(sql, 'postgres')).toEqual([
      ['placeholder:$1', 'default:DEFAULT'],
      ['placeholder:$2', 'other:lower($3)'],
    ])
    expect(scan.source.type === 'values' && scan.source.rowRanges.map((range) => cut(sql, range))).toEqual([
      '($1, DEFAULT)',
      '($2, lower($3))',
    ])
    expect(scan.placeholders.map((marker) => [cut(sql, marker.range), marker.param])).toEqual([
      ['$1', 0],
      ['$2', 1],
      ['$3', 2],
    ])
    expect(cut(sql, scan.returning?.range ?? null)).toBe('returning "id", *')
    expect(cut(sql, scan.returning?.listRange ?? null)).toBe('"id", *')
    expect(scan.returning?.items.map((range) => cut(sql, range))).toEqual(['"id"', '*'])
    expect(scan.returning?.star).toBe(true)
  })

  it.each<[string, string]>([
    ['insert into t values (1)', 'insert into t values (1)|'],
    ['insert into t values (1) ; -- end', 'insert into t values (1)| ; -- end'],
    ['insert into t select a from b /* x */', 'insert into t select a from b| /* x */'],
    ['insert into t default values', 'insert into t default values|'],
    ['insert into t values (1) on conflict do nothing', 'insert into t values (1) on conflict do nothing|'],
  ])('tells where RETURNING goes: %s', (sql, marked) => {
    const { insertReturningAt: at } = insert(sql, 'postgres')
    expect(`${sql.slice(0, at)}|${sql.slice(at)}`).toBe(marked)
  })

  it.each<[ScanDialect, string, unknown]>([
    ['postgres', 'insert into t default values', 'default:default values'],
    ['postgres', 'insert into t values (1) order by 1 limit 1', 'select:values (1) order by 1 limit 1'],
    ['postgres', 'insert into t values (1) union select 2 returning a', 'select:values (1) union select 2'],
    ['postgres', 'insert into t (values (1))', 'select:(values (1))'],
    ['postgres', 'insert into t (values) values (1)', [['literal:1']]],
    ['postgres', 'insert into t (select 1) on conflict do nothing', 'select:(select 1)'],
    [
      'postgres',
      'insert into t (a) with x as (select 1) select * from x',
      'select:with x as (select 1) select * from x',
    ],
    ['postgres', 'insert into t table u', 'select:table u'],
    ['postgres', 'insert into t (a) select a.returning from a', 'select:select a.returning from a'],
    ['postgres', 'insert into t select 1 as returning', 'select:select 1 as returning'],
    [
      'postgres',
      'insert into t select * from a join b on a.x = b.x on conflict do nothing',
      'select:select * from a join b on a.x = b.x',
    ],
    ['mysql', 'insert into t () values ()', [[]]],
    ['mysql', 'insert t value (1), (?)', [['literal:1'], ['placeholder:?']]],
    ['mysql', 'insert into t values row(1), row(2)', 'select:values row(1), row(2)'],
    ['mysql', 'insert into t set a = ?, b = default', ['a=placeholder:?', 'b=default:default']],
    ['mysql', 'insert into t select returning from x', 'select:select returning from x'],
    ['mysql', 'insert into t (a) select 1 on duplicate key update a = 2', 'select:select 1'],
    [
      'mysql',
      `insert into t values ('a' 'b', "c", -1, +1.5, null, true, 0x1f, (2))`,
      [
        [
          "other:'a' 'b'",
          'literal:"c"',
          'literal:-1',
          'literal:+1.5',
          'literal:null',
          'literal:true',
          'other:0x1f',
          'literal:(2)',
        ],
      ],
    ],
  ])('reads the source of %s: %s', (dialect, sql, expected) => {
    expect(source(sql, dialect)).toEqual(expected)
  })

  it.each([
    ['insert into t select 1', 'select 1'],
    [
      'insert into t (a) ((select 1 from (select 2) as b)) on conflict do nothing',
      'select 1 from (select 2) as b',
    ],
    ['insert into t (select 1) union (select 2)', '(select 1) union (select 2)'],
  ])('tells the query itself from parentheses around all of it: %s', (sql, expected) => {
    const { source: found } = insert(sql, 'postgres')
    expect(found.type === 'select' && cut(sql, found.query)).toBe(expected)
  })

  it('decodes the literals of each dialect', () => {
    const values = (sql: string, dialect: ScanDialect) => {
      const { source: found } = insert(sql, dialect)
      return (
        found.type === 'values' &&
        found.rows[0]?.map((cell) => (cell.type === 'literal' ? cell.value : cell.type))
      )
    }
    expect(
      values(`insert into t values ('it''s', E'a\\n\\'', $x$a$b$x$, E'\\x41', 'a'\n'b', -5)`, 'postgres'),
    ).toEqual(["it's", "a\n'", 'a$b', 'other', 'other', '-5'])
    expect(values(`insert into t values ('a\\'b''c', "d""e\\"", 'x\\%\\Zy\\q', 1e3)`, 'mysql')).toEqual([
      "a'b'c",
      'd"e"',
      'x\\%\u001ayq',
      '1e3',
    ])
    expect(values(`insert into t values ('a\\', "column", x'00')`, 'sqlite')).toEqual([
      'a\\',
      'column',
      'other',
    ])
  })

  it('reports a PostgreSQL cast with its type, and nothing else as a cast', () => {
    const sql = `insert into t values ($1::uuid, '5'::int, $2::"My"."Type"[], $3::timestamp(3) with time zone, $4::int + 1, $5::int::text, a::int)`
    const { source: found } = insert(sql, 'postgres')
    const cells = found.type === 'values' ? (found.rows[0] ?? []) : []
    expect(cells.map((cell) => ('cast' in cell ? cell.cast : cell.type))).toEqual([
      'uuid',
      'int',
      '"My"."Type"[]',
      'timestamp(3) with time zone',
      'other',
      'other',
      'other',
    ])
  })

  it('reads ON CONFLICT with target, assignments and condition', () => {
    const sql = `insert into t (id, a) values (1, 2) on conflict (id) where a > 0 do update set id = excluded.id, a = EXCLUDED."a" + 1, (b, c) = (1, $1) where t.a < 5 returning a`
    const { onConflict } = insert(sql, 'postgres')
    expect(onConflict).toMatchObject({ action: 'update', target: { type: 'columns', columns: ['id'] } })
    expect(onConflict?.target?.type === 'columns' && cut(sql, onConflict.target.where)).toBe('a > 0')
    expect(
      onConflict?.assignments.map((item) => [item.column, item.value.type, cut(sql, item.value.range)]),
    ).toEqual([
      ['id', 'inserted', 'excluded.id'],
      ['a', 'other', 'EXCLUDED."a" + 1'],
      ['b', 'literal', '1'],
      ['c', 'placeholder', '$1'],
    ])
    expect(cut(sql, onConflict?.where ?? null)).toBe('t.a < 5')
  })

  it.each<[ScanDialect, string, object | null]>([
    ['postgres', 'on conflict do nothing', null],
    ['postgres', 'on conflict on constraint "Key" do nothing', { type: 'constraint', name: 'Key' }],
    [
      'postgres',
      'on conflict (a collate "C" text_ops, b) do nothing',
      { type: 'columns', columns: ['a', 'b'], where: null },
    ],
    ['postgres', 'on conflict (lower(a)) do nothing', { type: 'expression' }],
    ['sqlite', 'on conflict ("a") do nothing', { type: 'columns', columns: ['a'], where: null }],
  ])('%s: reads the conflict target of %s', (dialect, clause, target) => {
    const found = insert(`insert into t values (1) ${clause}`, dialect).onConflict
    expect(found?.action).toBe('nothing')
    expect(found).toMatchObject({ target })
  })

  it('reads ON DUPLICATE KEY UPDATE with VALUES() and the row alias', () => {
    const sql =
      'insert into t (id, a) values (?, ?) as new on duplicate key update id = new.id, a = values(`a`), t.b = last_insert_id(b)'
    const scan = insert(sql, 'mysql')
    expect(scan.rowAlias).toBe('new')
    expect(
      scan.onDuplicate?.assignments.map((item) => [item.qualifier, item.column, item.value.type]),
    ).toEqual([
      [null, 'id', 'inserted'],
      [null, 'a', 'inserted'],
      ['t', 'b', 'other'],
    ])
  })

  it.each<[ScanDialect, string, Partial<InsertScan>]>([
    ['mysql', 'insert ignore into t values (1)', { ignore: 'ignore', verb: 'insert' }],
    ['mysql', 'replace into t values (1)', { ignore: null, verb: 'replace' }],
    ['mysql', 'replace low_priority t set a = 1', { verb: 'replace' }],
    ['mysql', 'insert into db.t partition (p0) (a) values (1)', { verb: 'insert' }],
    ['sqlite', 'insert or replace into t values (1)', { ignore: 'or-replace' }],
    ['sqlite', 'replace into t values (1)', { verb: 'replace', ignore: null }],
    ['sqlite', "insert into 't' as w values (1)", { alias: 'w' }],
    ['postgres', 'insert into t overriding system value values (1)', { overriding: 'system' }],
    ['mariadb', 'insert into t values (1) returning a', { verb: 'insert' }],
  ])('%s: knows the modifiers of %s', (dialect, sql, expected) => {
    const scan = insert(sql, dialect)
    expect(scan).toMatchObject(expected)
    expect(scan.table.name).toBe('t')
  })

  it('keeps a leading WITH apart from the insert', () => {
    const sql = 'with recursive a (x) as (select 1), update as (select 2) insert into t select * from a'
    expect(cut(sql, insert(sql, 'postgres').withRange)).toBe(
      'with recursive a (x) as (select 1), update as (select 2)',
    )
  })

  it.each<[ScanDialect, string, string]>([
    ['mysql', 'insert delayed into t values (1)', 'insert-delayed'],
    ['mysql', 'insert into t values ?', 'unexpected-syntax'],
    ['mysql', 'insert into t set ?', 'unexpected-syntax'],
    ['postgres', 'replace into t values (1)', 'unknown-verb'],
    ['postgres', 'insert t values (1)', 'unexpected-syntax'],
    ['mysql', 'insert into t values (1) returning a', 'unexpected-syntax'],
    [
      'sqlite',
      'insert into t values (1) on conflict (a) do nothing on conflict do nothing',
      'several-conflict-clauses',
    ],
    ['postgres', 'insert into t values (1, )', 'unexpected-syntax'],
  ])('%s: refuses %s', (dialect, sql, reason) => {
    expect(scanText(sql, dialect)).toMatchObject({ kind: 'opaque', reason })
  })
})

import { describe, expect, it } from 'vitest'
import { cut } from './cut.ts'
import { scanText, type ScanDialect, type UpdateScan } from './scan.ts'

function update(sql: string, dialect: ScanDialect): UpdateScan {
  const scan = scanText(sql, dialect)
  if (scan.kind !== 'update') throw new Error(`${JSON.stringify(scan)}: ${sql}`)
  return scan
}

/** The clauses by their text. */
function clauses(sql: string, dialect: ScanDialect): Record<string, unknown> {
  const scan = update(sql, dialect)
  const found = {
    table: scan.table.name,
    alias: scan.alias,
    set: scan.assignments.map((item) => `${item.column}=${cut(sql, item.value.range)}`).join('|'),
    from: cut(sql, scan.from),
    joins: cut(sql, scan.joins),
    where: cut(sql, scan.where),
    orderBy: cut(sql, scan.orderBy),
    limit: cut(sql, scan.limit),
    returning: cut(sql, scan.returning?.range ?? null),
    modifiers: scan.modifiers.join(' '),
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== null && value !== ''))
}

describe('UPDATE', () => {
  it.each<[ScanDialect, string, Record<string, unknown>]>([
    [
      'postgres',
      'update "users" set "name" = $1 where "id" = $2 returning *',
      { table: 'users', set: 'name=$1', where: '"id" = $2', returning: 'returning *' },
    ],
    ['postgres', 'update s.t * as x set a = 1', { table: 't', alias: 'x', set: 'a=1' }],
    ['postgres', 'update only (t) set a = 1', { table: 't', set: 'a=1' }],
    [
      'postgres',
      'update t x set a = b is distinct from c from u where x.id = u.id',
      { table: 't', alias: 'x', set: 'a=b is distinct from c', from: 'u', where: 'x.id = u.id' },
    ],
    [
      'postgres',
      'update t set set = 1, b = array[1, 2], c[1] = 3, d.e = 4',
      { table: 't', set: 'set=1|b=array[1, 2]|c=3|d=4' },
    ],
    [
      'postgres',
      'update t set (a, b) = (1, $1), (c, d) = (select 1, 2)',
      { table: 't', set: 'a=1|b=$1|c=(select 1, 2)|d=(select 1, 2)' },
    ],
    ['postgres', 'update t set a = row(1, 2)', { table: 't', set: 'a=row(1, 2)' }],
    [
      'postgres',
      "update t set a = ' where ' /* where */ -- where\n where b",
      { table: 't', set: "a=' where '", where: 'b' },
    ],
    [
      'postgres',
      'update t set a = extract(year from b), c = (select d from u where e) where f',
      { table: 't', set: 'a=extract(year from b)|c=(select d from u where e)', where: 'f' },
    ],
    [
      'mysql',
      'update `t` set `a` = ?, `t`.`b` := 2 where c order by d desc limit 3',
      { table: 't', set: 'a=?|b=2', where: 'c', orderBy: 'order by d desc', limit: 'limit 3' },
    ],
    [
      'mysql',
      'update low_priority ignore t partition (p0) as x force index (i) set a = 1',
      { table: 't', alias: 'x', set: 'a=1', modifiers: 'low_priority ignore partition' },
    ],
    ['mysql', 'update t set a = 1 limit 2', { table: 't', set: 'a=1', limit: 'limit 2' }],
    [
      'sqlite',
      'update or ignore t as x indexed by i set a = 1 from u where b returning c order by d limit 2',
      {
        table: 't',
        alias: 'x',
        set: 'a=1',
        from: 'u',
        where: 'b',
        returning: 'returning c',
        orderBy: 'order by d',
        limit: 'limit 2',
        modifiers: 'or-ignore',
      },
    ],
    ['sqlite', 'update t not indexed set a = 1, "returning" = 2', { table: 't', set: 'a=1|returning=2' }],
    ['sqlite', "update [my t] set 'a' = 1", { table: 'my t', set: 'a=1' }],
    ['mariadb', 'update t set a = 1 where b', { table: 't', set: 'a=1', where: 'b' }],
  ])('%s: finds the clauses of %s', (dialect, sql, expected) => {
    expect(clauses(sql, dialect)).toEqual(expected)
  })

  it('finds the tables of a multi-table update with their aliases', () => {
    const sql =
      'update a left join (b as x join c using (id)) on a.id = x.id and left(a.k, 1) = 2, d.e f, (select 1) g, json_table(?, "$" columns (y int path "$")) jt set a.v = x.v, f.w = ? where a.id = 1'
    const scan = update(sql, 'mysql')
    expect(scan.multiTable).toBe(true)
    expect(scan.targets.map((target) => [target.schema, target.name, target.alias])).toEqual([
      [null, 'a', null],
      [null, 'b', 'x'],
      [null, 'c', null],
      ['d', 'e', 'f'],
    ])
    expect(scan.assignments.map((item) => [item.qualifier, item.column])).toEqual([
      ['a', 'v'],
      ['f', 'w'],
    ])
    expect(cut(sql, scan.joins)?.startsWith('a left join')).toBe(true)
    expect(cut(sql, scan.where)).toBe('a.id = 1')
  })

  it.each<[ScanDialect, string, string, string]>([
    ['postgres', 'update t set a = 1 -- x', 'update t set a = 1| -- x', 'update t set a = 1| -- x'],
    [
      'postgres',
      'update t set a = 1 from u returning a;',
      'update t set a = 1 from u| returning a;',
      'update t set a = 1 from u returning a|;',
    ],
    [
      'postgres',
      'update t set a = 1 where b ;',
      'update t set a = 1| where b ;',
      'update t set a = 1 where b| ;',
    ],
    ['mysql', 'update t set a = 1 limit 1', 'update t set a = 1| limit 1', 'update t set a = 1 limit 1|'],
    ['sqlite', 'update t set a = 1 limit 1', 'update t set a = 1| limit 1', 'update t set a = 1| limit 1'],
    [
      'sqlite',
      'update t set a = 1 where b order by c limit 1',
      'update t set a = 1| where b order by c limit 1',
      'update t set a = 1 where b| order by c limit 1',
    ],
  ])('%s: tells where WHERE and RETURNING go: %s', (dialect, sql, where, returning) => {
    const scan = update(sql, dialect)
    const marked = (at: number) => `${sql.slice(0, at)}|${sql.slice(at)}`
    expect([marked(scan.whereAt), marked(scan.insertReturningAt)]).toEqual([where, returning])
  })

  it('tells a cursor from a condition', () => {
    const scan = update('update t set a = 1 where current of c', 'postgres')
    expect(scan).toMatchObject({ currentOf: true, predicate: null })
  })

  it.each<[ScanDialect, string]>([
    ['mariadb', 'update t for portion of p from 1 to 2 set a = 1'],
    ['mysql', 'update t set ? where id = 1'],
    ['mysql', 'update t set a = 1 from u'],
    ['postgres', 'update t, u set a = 1'],
    ['postgres', 'update t set a = 1,'],
    ['postgres', 'update t set a 1'],
    ['mysql', 'update a join b set a.x = 1 on a.id = b.id where'],
    ['postgres', 'update t set a = 1 where'],
  ])('%s: refuses %s', (dialect, sql) => {
    expect(scanText(sql, dialect)).toMatchObject({ kind: 'opaque', reason: 'unexpected-syntax' })
  })
})

import { describe, expect, it } from 'vitest'
import { cut } from './cut.ts'
import { scanText, type DeleteScan, type ScanDialect } from './scan.ts'

function deletion(sql: string, dialect: ScanDialect): DeleteScan {
  const scan = scanText(sql, dialect)
  if (scan.kind !== 'delete') throw new Error(`${JSON.stringify(scan)}: ${sql}`)
  return scan
}

function clauses(sql: string, dialect: ScanDialect): Record<string, unknown> {
  const scan = deletion(sql, dialect)
  const found = {
    targets: scan.targets.map((target) => [target.name, target.alias].filter(Boolean).join(' ')).join('|'),
    using: cut(sql, scan.using),
    joins: cut(sql, scan.joins),
    where: cut(sql, scan.where),
    orderBy: cut(sql, scan.orderBy),
    limit: cut(sql, scan.limit),
    returning: cut(sql, scan.returning?.range ?? null),
    modifiers: scan.modifiers.join(' '),
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== null && value !== ''))
}

describe('DELETE', () => {
  it.each<[ScanDialect, string, Record<string, unknown>]>([
    [
      'postgres',
      'delete from "s"."t" where "id" in ($1, $2) returning "id"',
      { targets: 't', where: '"id" in ($1, $2)', returning: 'returning "id"' },
    ],
    [
      'postgres',
      'delete from only t as x using u, v where x.id = u.id',
      { targets: 't x', using: 'u, v', where: 'x.id = u.id' },
    ],
    ['postgres', 'delete from t', { targets: 't' }],
    [
      'mysql',
      'delete low_priority quick ignore from t partition (p) where a order by b limit 1',
      {
        targets: 't',
        where: 'a',
        orderBy: 'order by b',
        limit: 'limit 1',
        modifiers: 'low_priority quick ignore partition',
      },
    ],
    ['mysql', 'delete from t as x where x.id = ?', { targets: 't x', where: 'x.id = ?' }],
    [
      'mysql',
      'delete a, d.b.* from t as a join d.b on a.id = b.id left join c using (id) where c.id is null',
      {
        targets: 't a|b',
        joins: 't as a join d.b on a.id = b.id left join c using (id)',
        where: 'c.id is null',
      },
    ],
    [
      'mysql',
      'delete from a using t a inner join u on a.id = u.id where u.x',
      { targets: 't a', joins: 't a inner join u on a.id = u.id', where: 'u.x' },
    ],
    [
      'mariadb',
      'delete from t where a limit 1 returning id, b',
      { targets: 't', where: 'a', limit: 'limit 1', returning: 'returning id, b' },
    ],
    [
      'sqlite',
      'delete from t as x indexed by i where a returning b order by c limit 1',
      { targets: 't x', where: 'a', returning: 'returning b', orderBy: 'order by c', limit: 'limit 1' },
    ],
  ])('%s: finds the clauses of %s', (dialect, sql, expected) => {
    expect(clauses(sql, dialect)).toEqual(expected)
  })

  it('knows several tables from one', () => {
    expect(deletion('delete from t where a', 'mysql').multiTable).toBe(false)
    expect(deletion('delete t from t where a', 'mysql').multiTable).toBe(true)
  })

  it.each<[ScanDialect, string]>([
    ['mariadb', 'delete history from t'],
    ['mariadb', 'delete from t for portion of p from 1 to 2'],
    ['mysql', 'delete x from t as y'],
    ['mysql', 'delete t from a.t join b.t on 1'],
    ['postgres', 'delete t where a'],
    ['sqlite', 'delete from t using u'],
    ['mysql', 'delete from t returning a'],
  ])('%s: refuses %s', (dialect, sql) => {
    expect(scanText(sql, dialect)).toMatchObject({ kind: 'opaque', reason: 'unexpected-syntax' })
  })
})

import { describe, expect, it } from 'vitest'
import { cut } from './cut.ts'
import { keyPredicate, scanText, type ScanDialect } from './scan.ts'

/** `exact` or `pinned` with the values by key column, or null. */
function pins(
  where: string,
  dialect: ScanDialect,
  key: readonly string[],
  head = 'delete from t where ',
): unknown {
  const sql = head + where
  const scan = scanText(sql, dialect)
  if (scan.kind !== 'delete' && scan.kind !== 'update') throw new Error(`${JSON.stringify(scan)}: ${sql}`)
  const match = keyPredicate(scan, key)
  if (match === null) return null
  const values = match.values.map((list) => list.map((value) => cut(sql, value.range)).join(','))
  return `${match.exact ? 'exact' : 'pinned'} ${values.join(' ')}`
}

describe('the key predicate', () => {
  it.each<[ScanDialect, string, unknown]>([
    ['postgres', '"id" = $1', 'exact $1'],
    ['postgres', '("id" = $1)', 'exact $1'],
    ['postgres', '(("public"."t"."id" = ($1)) AND 1=1)', 'exact ($1)'],
    ['mysql', '`db`.`t`.`ID` IN (?,?) AND 1=1', 'exact ?,?'],
    ['sqlite', "T.Id in (1, 'b', ?)", "exact 1,'b',?"],
    ['postgres', 'id = $1 and a > 2', 'pinned $1'],
    ['postgres', 'a between 1 and 2 and id = $1', 'pinned $1'],
    ['postgres', 'id = $1 and (a = 1 or b = 2)', 'pinned $1'],
    ['postgres', 'id = $1 and not a and case when b and c then d or e end', 'pinned $1'],
    ['postgres', 'id = $1 and id = $2', 'pinned $1'],
    ['postgres', 'id = $1::int', 'exact $1::int'],
    ['postgres', 'id = null', 'exact null'],
    ['postgres', 'ID = 1', 'exact 1'],
    ['postgres', '"ID" = 1', null],
    ['mysql', '"id" = 1', null],
    ['postgres', 'id = $1 or a = 2', null],
    ['postgres', 'not id = $1', null],
    ['postgres', 'not (id = $1 and a = 2)', null],
    ['postgres', '(id = $1) is true', null],
    ['postgres', 'id = any($1)', null],
    ['postgres', 'id::text = $1', null],
    ['postgres', 'lower(id) = $1', null],
    ['postgres', 'id = $1 + 1', null],
    ['postgres', 'id = other', null],
    ['postgres', 'id = (select 1)', null],
    ['postgres', 'id in (select 1)', null],
    ['postgres', 'id in (1, a)', null],
    ['postgres', 'id not in (1)', null],
    ['postgres', 'id <> 1', null],
    ['postgres', 'id >= 1', null],
    ['postgres', 'u.id = 1', null],
    ['postgres', 'a between 1 and id = 1', null],
    ['postgres', 'case when a and id = 1 then b end', null],
    ['postgres', '1 = 1', null],
    ['mysql', 'id = ? || a = 1', null],
    ['mysql', 'id = ? xor a', null],
    ['mysql', 'id = ? && a = 1', null],
    ['mysql', '@x := id = ?', null],
    ['sqlite', "'id' = 1", null],
    ['sqlite', 'id = "x"', null],
    ['postgres', 'current of c', null],
    ['postgres', 'current_user = $1', null],
  ])('%s: %s', (dialect, where, expected) => {
    expect(pins(where, dialect, where.includes('current_user') ? ['current_user'] : ['id'])).toBe(expected)
  })

  it('wants every column of a composite key, in any order', () => {
    expect(pins('b in (3, 4) and a = ?', 'mysql', ['a', 'b'])).toBe('exact ? 3,4')
    expect(pins('a = ?', 'mysql', ['a', 'b'])).toBeNull()
    expect(pins('(a, b) = (?, ?)', 'mysql', ['a', 'b'])).toBeNull()
  })

  it('is not exact where the statement may skip a row of the key', () => {
    expect(pins('id = ? limit 1', 'mysql', ['id'])).toBe('pinned ?')
    expect(pins('id = 1', 'mysql', ['id'], 'delete from t partition (p) where ')).toBe('pinned 1')
    expect(pins('id = 1', 'postgres', ['id'], 'update t set a = 1 from u where ')).toBe('pinned 1')
    expect(pins('id = 1', 'postgres', ['id'], 'delete from t using u where ')).toBe('pinned 1')
  })

  it('follows the alias, and gives up on several tables', () => {
    expect(pins('x.id = 1', 'postgres', ['id'], 'update t as x set a = 1 where ')).toBe('exact 1')
    expect(pins('t.id = 1', 'postgres', ['id'], 'update t as x set a = 1 where ')).toBeNull()
    expect(pins('t.id = 1', 'mysql', ['id'], 'update t join u on 1 set t.a = 1 where ')).toBeNull()
    expect(pins('s.t.id = 1', 'postgres', ['id'], 'update r.t set a = 1 where ')).toBeNull()
  })

  it('gives up without WHERE and without a key', () => {
    const scan = scanText('delete from t', 'postgres')
    const pinned = scanText('delete from t where id = 1', 'postgres')
    expect(scan.kind === 'delete' && keyPredicate(scan, ['id'])).toBeNull()
    expect(pinned.kind === 'delete' && keyPredicate(pinned, [])).toBeNull()
  })

  it('takes any depth of parentheses', () => {
    const depth = 50_000
    expect(pins(`${'('.repeat(depth)}id = 1${')'.repeat(depth)}`, 'postgres', ['id'])).toBe('exact 1')
  })
})

import { describe, expect, it } from 'vitest'
import { withoutTrailingComment } from './cache.ts'
import { scan, scanCache, scanText } from './scan.ts'

describe('the scan cache', () => {
  it('gives the same answer as a fresh scan, and the same object the second time', () => {
    const cache = scanCache()
    const sql = 'delete from t where id = ?'
    const first = cache.scan(sql, 'mysql')
    expect(first).toEqual(scanText(sql, 'mysql'))
    expect(cache.scan(sql, 'mysql')).toBe(first)
    expect(cache.scan(sql, 'sqlite')).toEqual(scanText(sql, 'sqlite'))
    expect(scan(sql, 'mysql')).toEqual(first)
  })

  it('stays bounded, keeps what is used and forgets the rest', () => {
    const cache = scanCache({ texts: 100 })
    const used = cache.scan('select 1', 'postgres')
    for (let index = 0; index < 10_000; index++) {
      cache.scan(`select ${index} from t`, 'postgres')
      expect(cache.scan('select 1', 'postgres')).toBe(used)
    }
    expect(cache.size).toBeLessThanOrEqual(100)
    const forgotten = cache.scan('select 5 from t', 'postgres')
    expect(cache.scan('select 5 from t', 'postgres')).toBe(forgotten)
  })

  it('does not keep bulk texts', () => {
    const cache = scanCache({ longest: 50 })
    const bulk = `insert into t values ${'(?),'.repeat(20)}(?)`
    expect(cache.scan(bulk, 'mysql')).toMatchObject({ kind: 'insert' })
    expect(cache.size).toBe(0)
  })

  it('takes texts that differ only in a trailing comment for one', () => {
    const cache = scanCache()
    const plain = cache.scan('update t set a = 1 ', 'postgres')
    expect(cache.scan("update t set a = 1 /*traceparent='00-1'*/", 'postgres')).toBe(plain)
    expect(cache.scan("update t set a = 1 /*traceparent='00-2'*/", 'postgres')).toBe(plain)
    expect(cache.size).toBe(1)
  })

  it.each([
    ['a /* b */', 'a '],
    ['a /* b */ ', 'a /* b */ '],
    ['a /* b */ c */', 'a /* b */ c */'],
    ['a /*! b */', 'a /*! b */'],
    ['a /*M! b */', 'a /*M! b */'],
    ['a /*+ b */', 'a /*+ b */'],
    ['a /* b /* c */', 'a /* b '],
    ['*/', '*/'],
    ['/*/', '/*/'],
  ])('cuts %j to %j', (sql, expected) => {
    expect(withoutTrailingComment(sql)).toBe(expected)
  })
})

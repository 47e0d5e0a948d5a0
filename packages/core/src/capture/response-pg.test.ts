import { describe, expect, it } from 'vitest'
import type { Rewrite } from './native-connection.ts'
import { type PgResult, pgResponse } from './response-pg.ts'

const result = (rows: unknown[], names: string[]): PgResult => ({
  command: 'SELECT',
  rowCount: rows.length,
  oid: null,
  rows,
  fields: names.map((name) => ({ name })),
  _parsers: names.map(() => String),
  _prebuiltEmptyResultObject: Object.fromEntries(names.map((name) => [name, null])),
})

describe('responses of node-postgres (W1)', () => {
  it('lose our columns and keep their identity', () => {
    const given = result([{ id: 1, _tw_k0: '1', _tw_k1: 'a' }], ['id', '_tw_k0', '_tw_k1'])
    expect(pgResponse.rows(given)).toEqual([{ id: 1, _tw_k0: '1', _tw_k1: 'a' }])
    const stripped = pgResponse.strip(given, ['_tw_k0', '_tw_k1'], {
      returnsRows: true,
      command: 'INSERT',
      affected: 1,
    })
    expect(stripped).toBe(given)
    expect(stripped).toEqual({
      command: 'INSERT',
      rowCount: 1,
      oid: 0,
      rows: [{ id: 1 }],
      fields: [{ name: 'id' }],
      _parsers: [String],
      _prebuiltEmptyResultObject: { id: null },
    })
  })

  it('of rows as arrays lose our values', () => {
    const given = result([[1, '1']], ['id', '_tw_k0'])
    expect(pgResponse.rows(given)).toEqual([{ id: 1, _tw_k0: '1' }])
    pgResponse.strip(given, ['_tw_k0'], { returnsRows: true, command: 'UPDATE', affected: 1 })
    expect(given.rows).toEqual([[1]])
  })

  it('of a statement that returns nothing look as if nothing had been returned', () => {
    const given = result([{ _tw_k0: '1' }, { _tw_k0: '2' }], ['_tw_k0'])
    pgResponse.strip(given, ['_tw_k0'], { returnsRows: false, command: 'DELETE', affected: 2 })
    expect(given).toEqual({
      command: 'DELETE',
      rowCount: 2,
      oid: null,
      rows: [],
      fields: [],
      _parsers: undefined,
      _prebuiltEmptyResultObject: null,
    })
  })

  it('errors point into the text of the app, in characters', () => {
    const original = { sql: `UPDATE t SET a = '😀', x = 1`, bindings: [] }
    const sent = { sql: `/* ours */ ${original.sql}`, bindings: [] }
    const rewrite: Rewrite = { original, sent, origin: (offset) => (offset < 11 ? null : offset - 11) }
    const units = sent.sql.indexOf('x = 1')
    const error = { position: String(Array.from(sent.sql.slice(0, units)).length + 1) }
    expect(pgResponse.failure(error, rewrite)).toBe(error)
    expect(Number(error.position)).toBe(
      Array.from(original.sql.slice(0, original.sql.indexOf('x = 1'))).length + 1,
    )
    const ours = { position: '4' }
    pgResponse.failure(ours, rewrite)
    expect(ours.position).toBe('4')
    expect(pgResponse.failure('no error', rewrite)).toBe('no error')
  })

  it('errors name the parameter by its number in the text of the app', () => {
    const original = { sql: 'UPDATE t SET a = $1 WHERE b = $2', bindings: ['x', 'y'] }
    const taken = { from: original, places: [null, 1] }
    const sent = { sql: 'SELECT id FROM t WHERE b = $2 AND c = $1', bindings: ['ours', 'y'], taken }
    const own = { where: `unnamed portal parameter $2 = '...'` }
    pgResponse.failure(own, { original, sent, origin: () => null })
    expect(own.where).toBe(`unnamed portal parameter $2 = '...'`)
    const moved = { where: `unnamed portal parameter $1 = '...'` }
    const first = { ...sent, taken: { from: original, places: [1] } }
    pgResponse.failure(moved, { original, sent: first, origin: () => null })
    expect(moved.where).toBe(`unnamed portal parameter $2 = '...'`)
  })
})

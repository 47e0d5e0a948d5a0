import { describe, expect, it } from 'vitest'
import { betterSqlite3Response as shape } from './response-better-sqlite3.ts'

describe('responses of better-sqlite3 (W1)', () => {
  it('become those of run() when the app asked for no rows', () => {
    const rows = [
      { _tw_k0: '4', _tw_id: 4 },
      { _tw_k0: '5', _tw_id: 5 },
    ]
    expect(shape.affected(rows)).toBe(2)
    expect(shape.strip(rows, ['_tw_k0', '_tw_id'], { returnsRows: false, affected: 2, insertId: 5 })).toEqual(
      {
        changes: 2,
        lastInsertRowid: 5,
      },
    )
  })

  it('keep the rows that the app asked for', () => {
    const rows = [{ id: 4, _tw_k0: '4', _tw_id: 4 }]
    expect(shape.strip(rows, ['_tw_k0', '_tw_id'], { returnsRows: true, affected: 1 })).toEqual([{ id: 4 }])
  })

  it('tell counts and ids of statements without rows', () => {
    const run = { changes: 0, lastInsertRowid: 9007199254740993n }
    expect(shape.rows(run)).toEqual([])
    expect(shape.unchanged(run)).toBe(true)
    expect(shape.insertId(run)).toBe(9007199254740993n)
    expect(shape.insertId([])).toBeNull()
  })
})

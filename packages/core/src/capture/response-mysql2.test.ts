import { describe, expect, it } from 'vitest'
import { type MysqlHeader, mysql2Response } from './response-mysql2.ts'

const header = (over: Partial<MysqlHeader>): MysqlHeader => ({
  fieldCount: 0,
  affectedRows: 1,
  insertId: 0,
  info: '',
  serverStatus: 3,
  warningStatus: 0,
  changedRows: 0,
  ...over,
})
const shape = mysql2Response()
const rewrite = (original: string, sent: string) => ({
  original: { sql: original, bindings: [1] },
  sent: { sql: sent, bindings: [1, 2] },
  origin: () => null,
})

describe('responses of mysql2 (W1)', () => {
  it('give ids without sign and without rounding', () => {
    expect(shape.insertId([header({ insertId: 5 }), undefined])).toBe(5n)
    expect(shape.insertId([header({ insertId: -616 }), undefined])).toBe(18446744073709551000n)
    expect(shape.insertId([header({ insertId: '9007199254740993' }), undefined])).toBe(9007199254740993n)
    expect(shape.insertId([header({}), undefined])).toBeNull()
    expect(shape.insertId([[], []])).toBeNull()
  })

  it('tell whether an UPDATE changed any row', () => {
    const matched = (changed: number): MysqlHeader =>
      header({
        affectedRows: 3,
        changedRows: changed,
        info: `Rows matched: 3  Changed: ${changed}  Warnings: 0`,
      })
    expect(shape.unchanged([matched(0), undefined])).toBe(true)
    expect(shape.unchanged([matched(2), undefined])).toBe(false)
    expect(shape.unchanged([header({}), undefined])).toBe(false)
    expect(shape.unchanged([header({ affectedRows: 0 }), undefined])).toBe(true)
  })

  it('of a transaction of ours do not say that one is open', () => {
    const response = shape.autocommitted([header({ serverStatus: 0x2003 | 0x20 }), undefined])
    expect((response[0] as MysqlHeader).serverStatus).toBe(0x22)
  })

  it('of rows lose our columns', () => {
    const stripped = shape.strip(
      [[{ id: 1, _tw_k0: '1' }], [{ name: 'id' }, { name: '_tw_k0' }]],
      ['_tw_k0'],
      {
        returnsRows: true,
        affected: 1,
      },
    )
    expect(stripped).toEqual([[{ id: 1 }], [{ name: 'id' }]])
  })

  it('errors show the text of the app, as the driver would have sent it', () => {
    const formatting = mysql2Response({ format: (sql, values) => `${sql} <${values.join()}>` })
    const sent = rewrite('app', 'ours')
    expect(formatting.failure({ sql: 'ours <1,2>' }, sent)).toEqual({ sql: 'app <1>' })
    expect(formatting.failure({ sql: 'ours' }, sent)).toEqual({ sql: 'app' })
    expect(formatting.failure({ sql: 'something else' }, sent)).toEqual({ sql: 'something else' })
    expect(shape.failure({ sql: 'ours' }, sent)).toEqual({ sql: 'app' })
    expect(shape.failure(null, sent)).toBeNull()
  })
})

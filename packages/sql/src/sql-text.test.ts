import { describe, expect, it } from 'vitest'
import { around, join, raw, render, sql, value } from './sql-text.ts'

const dollars = (position: number): string => `$${position}`

describe('SQL text', () => {
  it('numbers bound values in the order in which they stand (W14)', () => {
    const where = sql`a = ${value(1)} AND b IN (${join([value('x'), value(null)], ', ')})`
    const statement = sql`SELECT ${raw('"c"')} FROM t WHERE ${where} LIMIT ${value(9)}`
    expect(render(statement, dollars)).toEqual({
      sql: 'SELECT "c" FROM t WHERE a = $1 AND b IN ($2, $3) LIMIT $4',
      bindings: [1, 'x', null, 9],
    })
  })

  it('never puts a value into the text, whatever it holds (W14)', () => {
    const hostile = `'; DROP TABLE t; -- \u0001 $1 ?`
    expect(render(sql`x = ${value(hostile)}`, () => '?')).toEqual({ sql: 'x = ?', bindings: [hostile] })
  })

  it('binds a value once for each place in which an expression uses it', () => {
    const expression = around((slot) => `CASE WHEN ${slot} = 'a' THEN ${slot} END`, 7)
    expect(render(expression, dollars)).toEqual({ sql: `CASE WHEN $1 = 'a' THEN $2 END`, bindings: [7, 7] })
  })
})

import { describe, expect, it } from 'vitest'
import type { Compiled } from '../knex-internals.ts'
import { perSide } from '@twinwrite/core'
import { type Carrier, carrier, type ClientName, compiler } from './carry-fixture.ts'

const between = (source: ClientName, target: ClientName): Carrier =>
  carrier(compiler(source), compiler(target))
const mysqlToPg = between('mysql2', 'pg')
const sqliteToPg = between('better-sqlite3', 'pg')
const pgToMysql = between('pg', 'mysql2')
const pgToSqlite = between('pg', 'better-sqlite3')

function converted(pair: Carrier, statement: unknown, response: unknown, processed?: unknown): unknown {
  const carried = pair.carry(statement)
  const compiled = { ...(carried.compile() as Compiled), response }
  return carried.result.convert(compiled, processed)
}

const pgRows = (rows: object[], command = 'INSERT') => ({
  command,
  rowCount: rows.length,
  rows,
  fields: Object.keys(rows[0] ?? {}).map((name) => ({ name })),
})

describe("answers of another engine in the source's form (W1)", () => {
  it('tell the generated id of an insert', () => {
    const insert = (pair: Carrier): unknown => pair.source('orders').insert([{ total: 1 }, { total: 2 }])
    expect(converted(mysqlToPg, insert(mysqlToPg), pgRows([{ id: 7 }, { id: 8 }]))).toEqual([7])
    expect(converted(sqliteToPg, insert(sqliteToPg), pgRows([{ id: '7' }, { id: '8' }]))).toEqual([8])
    expect(converted(mysqlToPg, insert(mysqlToPg), pgRows([]))).toEqual([0])
    const mixed = mysqlToPg.source('orders').insert([{ id: 3 }, { total: 1 }, { total: 2 }])
    expect(converted(mysqlToPg, mixed, pgRows([{ id: 3 }, { id: 7 }, { id: 8 }]))).toEqual([7])
    const given = mysqlToPg.source('orders').insert([{ id: 3 }, { id: 4 }])
    expect(converted(mysqlToPg, given, pgRows([{ id: 3 }, { id: 4 }]))).toEqual([4])
    const between2 = between('better-sqlite3', 'mysql2')
    expect(converted(between2, insert(between2), [{ affectedRows: 2, insertId: 7 }, undefined])).toEqual([8])
  })

  it('tell it too where the app asks for columns that its own engine does not return', () => {
    const insert = mysqlToPg.source('orders').insert([{ total: 1 }, { total: 2 }], ['id'])
    expect(converted(mysqlToPg, insert, pgRows([{ id: 7 }, { id: 8 }]), [{ id: 7 }, { id: 8 }])).toEqual([7])
  })

  it('are Result objects for an app of PostgreSQL', () => {
    const insert = (pair: Carrier): unknown => pair.source('orders').insert({ total: 1 })
    const expected = { command: 'INSERT', rowCount: 1, oid: 0, rows: [], fields: [] }
    expect(converted(pgToMysql, insert(pgToMysql), [{ affectedRows: 1, insertId: 3 }, undefined])).toEqual(
      expected,
    )
    expect(converted(pgToSqlite, insert(pgToSqlite), { changes: 1, lastInsertRowid: 3 })).toEqual(expected)
  })

  it('count in numbers or in text, as the source does', () => {
    expect(converted(mysqlToPg, mysqlToPg.source('orders').count(), null, [{ 'count(*)': '3' }])).toEqual([
      { 'count(*)': 3 },
    ])
    expect(
      converted(pgToMysql, pgToMysql.source('orders').count({ n: 'id' }).first(), null, { n: 3 }),
    ).toEqual({ n: '3' })
    expect(converted(pgToMysql, pgToMysql.source('orders').max('id as n'), null, [{ n: 3 }])).toEqual([
      { n: 3 },
    ])
  })

  it("of raw SQL look like the source's driver made them", () => {
    const raw = (pair: Carrier): unknown => pair.source.raw('select 1 as one')
    expect(converted(pgToMysql, raw(pgToMysql), [[{ one: 1 }], [{ name: 'one' }]])).toEqual({
      command: 'SELECT',
      rowCount: 1,
      oid: null,
      rows: [{ one: 1 }],
      fields: [{ name: 'one' }],
    })
    const write = { affectedRows: 2, insertId: 0 }
    const commented = pgToMysql.source.raw(' /* a */ -- b\n update customers set name = ?', ['x'])
    expect(converted(pgToMysql, commented, [write, undefined])).toMatchObject({
      command: 'UPDATE',
      rowCount: 2,
    })
    expect(converted(mysqlToPg, raw(mysqlToPg), pgRows([{ one: 1 }], 'SELECT'))).toEqual([
      [{ one: 1 }],
      [{ name: 'one' }],
    ])
    expect(converted(sqliteToPg, raw(sqliteToPg), pgRows([{ one: 1 }], 'SELECT'))).toEqual([{ one: 1 }])
    expect(
      converted(sqliteToPg, raw(sqliteToPg), { command: 'UPDATE', rowCount: 2, rows: [], fields: [] }),
    ).toEqual({ changes: 2, lastInsertRowid: 0 })
  })

  it('of a raw insert tell the generated id that the text for the target returns', () => {
    const text = (insert: string): string =>
      perSide(insert, 'insert into purchases (amount) values (1), (2) returning id')
    const [rows, insert] = [pgRows([{ id: '7' }, { id: '8' }]), 'insert into orders (total) values (1), (2)']
    expect(converted(sqliteToPg, sqliteToPg.source.raw(text(insert)), rows)).toEqual({
      changes: 2,
      lastInsertRowid: 8,
    })
    expect(converted(mysqlToPg, mysqlToPg.source.raw(text(insert)), rows)).toMatchObject([
      { affectedRows: 2, insertId: 7 },
      undefined,
    ])
    expect(converted(sqliteToPg, sqliteToPg.source.raw(text(`${insert} returning id`)), rows)).toEqual([
      { id: '7' },
      { id: '8' },
    ])
  })

  it("describe columns under the source's names", () => {
    const info = { id: { type: 'integer' }, buyer: { type: 'integer' }, channel: { type: 'text' } }
    expect(converted(pgToMysql, pgToMysql.source('orders').columnInfo(), null, info)).toEqual({
      id: { type: 'integer' },
      customer_id: { type: 'integer' },
    })
  })
})

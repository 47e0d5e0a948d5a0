import { describe, expect, it } from 'vitest'
import type { Compiled } from '../knex-internals.ts'
import { carrier, compiler, names } from './carry-fixture.ts'

const pair = carrier(compiler('pg'), compiler('mysql2'))
const { source: db } = pair
const first = (statement: unknown): Compiled => {
  const compiled = pair.carry(statement).compile()
  return Array.isArray(compiled) ? compiled[0]! : compiled
}

describe('schema statements after the switch', () => {
  it('ask the target about the table by its own names', () => {
    expect(first(db.schema.hasTable('orders'))).toMatchObject({ bindings: ['purchases'] })
    expect(first(db.schema.hasColumn('orders', 'total')).sql).toContain('from `purchases`')
  })

  it('deny a column that only the target has', () => {
    const sameSide = carrier(compiler('pg'), compiler('pg'))
    const compiled = sameSide.carry(sameSide.source.schema.hasColumn('orders', 'amount')).compile()
    expect((compiled as Compiled[])[0]!.bindings).toEqual(['purchases', ''])
  })

  it('do not change a table that is called or built differently there', () => {
    const { problem } = pair.carry(
      db.schema.alterTable('orders', (table) => {
        table.string('more')
      }),
    )
    expect(problem).toMatchObject({ code: 'TW_DIALECT_CROSSED', table: 'orders' })
  })

  it('change a table that is the same on both sides', () => {
    const twins = carrier(compiler('pg'), compiler('pg'), [
      names('customers', { targetSchema: undefined, columns: { id: 'id' } }),
    ])
    const carried = twins.carry(
      twins.source.schema.alterTable('customers', (table) => {
        table.string('more')
      }),
    )
    expect(carried.problem).toBeNull()
    expect((carried.compile() as Compiled[])[0]!.sql).toBe(
      'alter table "customers" add column "more" varchar(255)',
    )
  })

  it("find the table in the target's schema", () => {
    const moved = carrier(compiler('pg'), compiler('pg'), [names('orders', { targetSchema: 'sales' })])
    const compiled = moved.carry(moved.source.schema.withSchema('public').hasTable('orders')).compile()
    expect((compiled as Compiled[])[0]!.bindings).toEqual(['orders', 'sales'])
  })

  it("leave the app's own schema builder as it was", () => {
    const builder = db.schema.hasColumn('orders', 'total')
    pair.carry(builder).compile()
    expect((builder as unknown as { toSQL(): Compiled[] }).toSQL()[0]!.bindings).toEqual(['orders', 'total'])
  })
})

import { perSide } from '@twinwrite/core'
import knex from 'knex'
import { expect, it } from 'vitest'
import type { Raw } from './knex-internals.ts'
import { rawOf, targetText } from './per-side.ts'

const db = knex({ client: 'pg' })
const make = (text: string): Raw => db.raw(text) as unknown as Raw

it("makes raw SQL of the source's text that knows the target's", () => {
  const raw = rawOf(perSide('select ?', "select coalesce(?, 'ä /* é */')"), make)
  expect(raw.sql).toBe('select ?')
  expect(targetText(raw)).toBe("select coalesce(?, 'ä /* é */')")
  expect(targetText(rawOf('select c', make))).toBeUndefined()
})

it('gives one source text several target texts, each where it was given (two migrations in one process)', () => {
  const [first, second] = ['select 1 from y', 'select 1 from z'].map((target) =>
    rawOf(perSide('select 1 from x', target), make),
  )
  expect(targetText(first!)).toBe('select 1 from y')
  expect(targetText(second!)).toBe('select 1 from z')
})

it('is understood by a plain Knex: what stands behind the text holds no mark of its bindings', () => {
  const text = perSide('select :a as a, ?? as b', 'select ?? :a ::text \\? :b:')
  expect(db.raw(text).toString()).toBe(text)
  expect(targetText(make(text))).toBe('select ?? :a ::text \\? :b:')
  expect(db.raw(perSide('select ?', 'select ??'), [1]).toSQL().sql).toContain('select ?/*')
  expect(db.raw(perSide('select :a', 'select :a:'), { a: 1 }).toSQL().bindings).toEqual([1])
})

it('refuses a pair inside of a longer text, two pairs in one, and what is no text', () => {
  const pair = perSide('select 1', 'select 2')
  expect(() => rawOf(`${pair} limit 1`, make)).toThrow('only a part')
  expect(() => rawOf(`${pair}, ${pair}`, make)).toThrow('only a part')
  expect(() => perSide('select 1', undefined as never)).toThrow('TW_CONFIG_INVALID')
})

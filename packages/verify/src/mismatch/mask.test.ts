import type { Direction, TableNames } from '@twinwrite/core'
import { expect, it } from 'vitest'
import { Mask } from './mask.ts'

const table = (...columns: string[]): object => ({ table: { columns: columns.map((name) => ({ name })) } })

/** `id` and `mail` travel as they are, `name` is made of `first` and `last`. */
function maskOf(columns: readonly string[], converted: boolean): Mask {
  const sides = { from: table('id', 'mail', 'first', 'last'), to: table('id', 'email', 'name') }
  const direction = { tables: new Map([['people', sides]]) } as unknown as Direction
  const pairs = new Map([
    ['id', 'id'],
    ['mail', 'email'],
  ])
  const names = { mapping: 'people', columns: pairs, converted } as unknown as TableNames
  return new Mask(columns, direction, [names])
}

const hidden = (mask: Mask): string[] =>
  ['id', 'mail', 'first', 'last', 'email', 'name'].filter((name) => mask.shown('people', name, 'x') !== 'x')

it('hides a column under both of its names', () => {
  expect(hidden(maskOf(['people.email'], false))).toEqual(['mail', 'email'])
  expect(hidden(maskOf(['people.mail'], false))).toEqual(['mail', 'email'])
})

it('hides what a conversion of whole rows may make of a hidden column', () => {
  expect(hidden(maskOf(['people.first'], true))).toEqual(['first', 'last', 'name'])
})

it('tells equal values by an equal hash, and nothing of null', () => {
  const mask = maskOf(['people.mail'], false)
  expect(mask.shown('people', 'mail', 'a@b')).toMatch(/^\*\*\* [0-9a-f]{12}$/)
  expect(mask.shown('people', 'email', 'a@b')).toBe(mask.shown('people', 'mail', 'a@b'))
  expect(mask.shown('people', 'mail', null)).toBeNull()
})

it('refuses a name that no column has', () => {
  expect(() => maskOf(['people.emial'], false)).toThrow(/TW_COLUMN_UNKNOWN.*"people.emial"/)
})

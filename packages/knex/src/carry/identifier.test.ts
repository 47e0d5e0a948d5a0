import knex from 'knex'
import { describe, expect, it } from 'vitest'
import { identifierText, isExpressible, parseIdentifier, splitAccessor } from './identifier.ts'

const cases = [
  'a',
  'a.b',
  ' a . b ',
  's.t.c',
  'a as b',
  'a.b AS c d',
  'a As b.c',
  'x as y as z',
  'a.*',
  'price as total as sum',
]

describe('identifiers are read as Knex reads them', () => {
  it.each(cases)('%s', (text) => {
    const { segments, alias } = parseIdentifier(text)
    const db = knex({ client: 'pg' })
    const quote = (name: string): string => (name === '*' ? name : `"${name}"`)
    const expected = segments.map(quote).join('.') + (alias === null ? '' : ` as ${quote(alias)}`)
    expect(db.select(text).toString()).toBe(`select ${expected}`)
    expect(db.select(identifierText(segments, alias)).toString()).toBe(`select ${expected}`)
  })

  it('knows names that no Knex text can say', () => {
    expect(['a', 'a b', 'order'].every(isExpressible)).toBe(true)
    expect(['a.b', 'a as b', ' a', ''].some(isExpressible)).toBe(false)
  })

  it('splits array accessors off', () => {
    expect(splitAccessor('tags[1][2]')).toEqual(['tags', '[1][2]'])
    expect(splitAccessor('tags')).toEqual(['tags', ''])
  })
})

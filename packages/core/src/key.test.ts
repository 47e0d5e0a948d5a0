import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { decodeKey, encodeKey, stripeCount, stripeOf } from './key.ts'

describe('a key', () => {
  test.prop([fc.array(fc.string(), { minLength: 1, maxLength: 4 })])(
    'decodes to the parts it was made of (W4)',
    (parts) => {
      expect(decodeKey(encodeKey(parts), parts.length)).toEqual(parts)
    },
  )

  test.prop([
    fc.array(fc.string(), { minLength: 2, maxLength: 2 }),
    fc.array(fc.string(), { minLength: 2, maxLength: 2 }),
  ])('of other parts is another text (W4)', (left, right) => {
    expect(encodeKey(left) === encodeKey(right)).toBe(left[0] === right[0] && left[1] === right[1])
  })
})

describe('the lock stripe', () => {
  test.each([
    ['case', 'Straße', 'STRASSE'],
    ['accents', 'café', 'cafe'],
    ['trailing blanks', 'q  ', 'q'],
    ['width', 'ｑ', 'q'],
    ['leading zeros', '007', '7'],
  ])('is one for spellings that an engine may hold equal: %s (I2)', (_, left, right) => {
    expect(stripeOf('t', left)).toBe(stripeOf('t', right))
  })

  test('differs for most keys', () => {
    const stripes = new Set(Array.from({ length: 1000 }, (_, id) => stripeOf('orders', String(id))))
    expect(stripes.size).toBeGreaterThan(stripeCount / 3)
  })
})

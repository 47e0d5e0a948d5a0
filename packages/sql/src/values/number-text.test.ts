import { fc, it } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { decimalText, float32Text, float64Text } from './number-text.ts'

describe('texts of numbers', () => {
  it.prop([fc.float({ noNaN: true })])(
    '32-bit floats read back to the same number, in at most nine digits',
    (number) => {
      const text = float32Text(number)
      expect(Math.fround(Number(text))).toBe(number)
      expect(
        text
          .replace(/e.*$/, '')
          .replace(/\D/g, '')
          .replace(/^0+|0+$/g, '').length,
      ).toBeLessThanOrEqual(9)
    },
  )

  it.prop([fc.double({ noNaN: true })])(
    '64-bit floats read back to the same number, sign of zero included',
    (number) => {
      expect(Number(float64Text(number))).toBe(number)
    },
  )

  it('32-bit floats have the text that people wrote', () => {
    expect(
      [0.1, 3.4028235e38, 16777216, 1e-45, Number.NaN].map((number) => float32Text(Math.fround(number))),
    ).toEqual(['0.1', '3.4028235e+38', '16777216', '1e-45', 'NaN'])
  })

  it.prop([fc.bigInt(), fc.nat({ max: 40 }), fc.integer({ min: -30, max: 30 })])(
    'decimals keep their value without exponent and superfluous zeros',
    (digits, scale, exponent) => {
      const plain = decimalText(`${digits}e${exponent - scale}`)!
      expect(plain).toMatch(/^(0|-?(0|[1-9]\d*)(\.\d*[1-9])?)$/)
      const [whole, fraction = ''] = plain.split('.') as [string, string?]
      // Both as integers of one scale.
      const places = 80
      const value = BigInt(whole.replace('-', '') + fraction.padEnd(places, '0'))
      expect(value).toBe((digits < 0n ? -digits : digits) * 10n ** BigInt(places + exponent - scale))
    },
  )

  it('decimals that are none have no text', () => {
    expect(['', '.', 'NaN', '1e', 'x', '1e99999999'].map(decimalText)).toEqual([
      null,
      null,
      null,
      null,
      null,
      null,
    ])
    expect(['-0.00', '+1.50', '.5', '5.', '1.0e2'].map(decimalText)).toEqual(['0', '1.5', '0.5', '5', '100'])
  })
})

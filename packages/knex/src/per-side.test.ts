import { expect, it } from 'vitest'
import { perSide, targetText } from './per-side.ts'

it("gives the source's text back and remembers the target's", () => {
  expect(perSide('select a', 'select b')).toBe('select a')
  expect(perSide('select a', 'select b')).toBe('select a')
  expect(targetText('select a')).toBe('select b')
  expect(targetText('select c')).toBeUndefined()
})

it('refuses two target texts for one source text, and what is no text', () => {
  perSide('select 1 from x', 'select 1 from y')
  expect(() => perSide('select 1 from x', 'select 1 from z')).toThrow('two target texts')
  expect(() => perSide('select 1', undefined as never)).toThrow('TW_CONFIG_INVALID')
})

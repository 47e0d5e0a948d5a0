// Versions are compared as numbers: 10.11 is newer than 10.6 and than 9.7.
import { expect, it } from 'vitest'
import { atLeast } from './server-program.ts'

it.each([
  ['10.11.19', '10.11', true],
  ['10.6.4', '10.11', false],
  ['9.7.4', '8.4', true],
  ['8.0.36', '8.4', false],
  ['15', '15', true],
  ['15.18', '15', true],
  ['14.9', '15', false],
])('takes %s as at least %s: %s', (version, minimum, expected) => {
  expect(atLeast(version, minimum)).toBe(expected)
})

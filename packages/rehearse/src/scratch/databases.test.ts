import { expect, it } from 'vitest'
import { scratchName } from './databases.ts'

it('calls a scratch database by its migration, and those of no two alike', () => {
  expect(scratchName('shop', 'source')).toBe('tw_rehearsal_shop_source')
  const long = 'a'.repeat(60)
  const names = ['a-b', 'a_b', 'A_b', `${long}b`, `${long}c`].map((name) => scratchName(name, 'target'))
  expect(new Set(names).size).toBe(names.length)
  for (const name of names) expect(name).toMatch(/^tw_rehearsal_[a-z0-9_]{1,43}_target$/)
})

import { expect, test } from 'vitest'
import { nextPause } from './follower.ts'

const bounds = { min: 20, max: 1000 }

test('the relay looks again at once while there is a backlog, soon after it applied something, and ever more rarely at rest or where others do the work', () => {
  expect(nextPause(20, 500, true, bounds)).toBe(0)
  expect(nextPause(640, 3, false, bounds)).toBe(20)
  expect(nextPause(20, 0, true, bounds)).toBe(40)
  expect(nextPause(640, 0, false, bounds)).toBe(1000)
})

test('the relay comes to rest after a backlog, too', () => {
  const pauses = [0, 0, 0, 0]
  for (let index = 1; index < pauses.length; index++) {
    pauses[index] = nextPause(pauses[index - 1] ?? 0, 0, false, bounds)
  }
  expect(pauses).toEqual([0, 20, 40, 80])
})

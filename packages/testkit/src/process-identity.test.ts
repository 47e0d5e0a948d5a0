// A pid alone names whoever has it now; an identity names one process.
import { spawn } from 'node:child_process'
import { expect, it } from 'vitest'
import { childrenOf, ended, identify, isAlive, signal } from './process-identity.ts'

function sleeper() {
  const child = spawn('sleep', ['60'])
  const identity = identify(child.pid ?? 0)
  if (!identity) throw new Error('sleep did not start')
  return identity
}

it('tells a running process from one that has ended', async () => {
  const child = sleeper()
  expect(isAlive(child)).toBe(true)
  expect(await ended(child, 30)).toBe(false)
  expect(signal(child, 'SIGKILL')).toBe(true)
  expect(await ended(child, 5000)).toBe(true)
  expect(signal(child, 'SIGKILL')).toBe(false)
})

it('does not take, nor signal, a later process of the same pid for the earlier one', () => {
  const child = sleeper()
  const earlier = { pid: child.pid, startedAt: '1' }
  expect(isAlive(earlier)).toBe(false)
  expect(signal(earlier, 'SIGKILL')).toBe(false)
  expect(isAlive(child)).toBe(true)
  signal(child, 'SIGKILL')
})

it('lists the children of a process', () => {
  const child = sleeper()
  expect(childrenOf(process.pid)).toContainEqual(child)
  signal(child, 'SIGKILL')
})

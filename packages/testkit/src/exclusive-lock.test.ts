// The lock excludes, and a dead holder does not hold.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { withLock } from './exclusive-lock.ts'
import { spawnWorker } from './worker.ts'

const lockFile = () => join(mkdtempSync(join(tmpdir(), 'twinwrite-lock-')), 'lock')

it('lets one caller in at a time and gives back its result', async () => {
  const file = lockFile()
  let inside = 0
  let most = 0
  const work = async () => {
    most = Math.max(most, ++inside)
    await sleep(20)
    inside--
    return 'done'
  }
  expect(await Promise.all([1, 2, 3].map(() => withLock(file, work)))).toEqual(['done', 'done', 'done'])
  expect(most).toBe(1)
})

it('is free again after its work failed', async () => {
  const file = lockFile()
  await expect(withLock(file, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  expect(await withLock(file, () => Promise.resolve('fine'))).toBe('fine')
})

it('keeps other processes out, and is free at once when its holder is killed', async () => {
  const file = lockFile()
  const holder = spawnWorker<string>(new URL('lock-holder.worker.ts', import.meta.url), [file])
  await holder.receive((message) => message === 'held')
  await expect(withLock(file, () => Promise.resolve('in'), 100)).rejects.toThrow('held by another process')
  await holder.kill9()
  expect(await withLock(file, () => Promise.resolve('in'), 1000)).toBe('in')
})

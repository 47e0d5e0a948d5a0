// Workers are real processes: they answer, stand still, die, and say so.
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { spawnWorker } from './worker.ts'

const ticker = new URL('ticker.worker.ts', import.meta.url)

it('runs TypeScript from source, with arguments, and exchanges JSON messages', async () => {
  const worker = spawnWorker<{ echo?: unknown }>(ticker, ['1000'])
  worker.send({ question: ['a', 1] })
  expect(await worker.receive((message) => message.echo !== undefined)).toEqual({
    echo: { question: ['a', 1] },
  })
  expect((await worker.kill9()).signal).toBe('SIGKILL')
})

it('stands still while paused and goes on when resumed', async () => {
  const worker = spawnWorker<{ tick?: number }>(ticker, ['10'])
  await worker.receive((message) => message.tick === 3)
  worker.pause()
  await sleep(100)
  const before = worker.received().length
  await sleep(150)
  expect(worker.received().length).toBe(before)
  worker.resume()
  await worker.receive((message) => (message.tick ?? 0) > before + 1)
  await worker.kill9()
})

it('can be killed while paused', async () => {
  const worker = spawnWorker<{ tick?: number }>(ticker, ['10'])
  await worker.receive()
  worker.pause()
  expect((await worker.kill9()).signal).toBe('SIGKILL')
})

it('rejects a wait for a message with the output of a worker that failed', async () => {
  const worker = spawnWorker(ticker, ['not a number'])
  await expect(worker.receive()).rejects.toThrow(/ended with 1[^]*is not a period/)
  expect((await worker.exit).code).toBe(1)
})

import { describe, expect, test } from 'vitest'
import { Random } from './random.ts'
import { Scheduler } from './scheduler.ts'
import { SimProcess } from './sim-process.ts'

const scheduler = (): Scheduler => new Scheduler(new Random(1), false)
const forever = (): boolean => false

describe('the scheduler', () => {
  test('runs events in the order of their time, and of their making where that is equal', async () => {
    const world = scheduler()
    const seen: string[] = []
    for (const [name, at] of Object.entries({ late: 5, first: 1, second: 1, third: 2 })) {
      world.after(at, null, name, () => seen.push(`${name} ${world.now}`))
    }
    expect(await world.run(forever, 100)).toBe('silence')
    expect(seen).toEqual(['first 1', 'second 1', 'third 2', 'late 5'])
  })

  test('lets all microtasks of a process run dry before the next event', async () => {
    const world = scheduler()
    const process = new SimProcess(world, 'app')
    const seen: string[] = []
    process.spawn('long', async () => {
      for (let index = 0; index < 50; index++) await Promise.resolve()
      seen.push('fifty turns later')
    })
    world.after(0, null, 'next', () => seen.push('next event'))
    await world.run(forever, 100)
    expect(seen).toEqual(['fifty turns later', 'next event'])
  })

  test('does not run a killed process any more, whatever it waits for', async () => {
    const world = scheduler()
    const process = new SimProcess(world, 'app')
    const seen: string[] = []
    process.spawn('sleeper', async () => {
      seen.push('falls asleep')
      await process.clock.sleep(10)
      seen.push('wakes up')
    })
    world.after(5, null, 'kill', () => process.kill())
    await world.run(forever, 100)
    expect(seen).toEqual(['falls asleep'])
  })

  test('holds everything that comes for a paused process until it goes on', async () => {
    const world = scheduler()
    const process = new SimProcess(world, 'app')
    const seen: number[] = []
    process.spawn('sleeper', async () => {
      await process.clock.sleep(10)
      seen.push(world.now)
    })
    world.after(5, null, 'pause', () => process.pause())
    world.after(500, null, 'continue', () => process.resume())
    await world.run(forever, 100)
    expect(seen).toEqual([500])
  })

  test('wakes a sleeper early with the reason of its signal', async () => {
    const world = scheduler()
    const process = new SimProcess(world, 'app')
    const abort = new AbortController()
    const seen: unknown[] = []
    process.spawn('sleeper', async () => {
      await process.clock.sleep(1000, abort.signal).catch((error: unknown) => seen.push(error, world.now))
    })
    process.spawn('alarm', async () => {
      await process.clock.sleep(3)
      abort.abort('alarm')
    })
    await world.run(forever, 100)
    expect(seen).toEqual(['alarm', 3])
  })

  test('ends the run with the error that leaves a task', async () => {
    const world = scheduler()
    new SimProcess(world, 'app').spawn('careless', () => Promise.reject(new Error('oops')))
    expect(await world.run(forever, 100)).toBe('failed')
    expect(world.failure).toContain('careless died: Error: oops')
  })
})

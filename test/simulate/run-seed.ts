// One seed: a storm in which everything happens, then calm, in which the fleet must come to rest with both sides equal.

import { chaos } from './fleet/chaos.ts'
import { Member } from './fleet/member.ts'
import { describeWorld, loader, recoverer, refiller, switcher } from './fleet/operator.ts'
import { verifier } from './fleet/verifier.ts'
import { Writer } from './fleet/writer.ts'
import { Random } from './engine/random.ts'
import type { Mutation } from './mutations.ts'
import { drawPlan } from './plan.ts'
import { World } from './world.ts'

export interface RunOptions {
  readonly mutation?: Mutation | null
  readonly tracing?: boolean
}

export interface SeedResult {
  readonly seed: number
  /** What was violated; null: nothing. */
  readonly failure: string | null
  readonly steps: number
  /** Equal for equal runs. */
  readonly digest: number
  readonly counts: Record<string, number>
  /** What happened, when tracing. */
  readonly trace: readonly string[]
}

const stormSteps = 3000
const calmSteps = 40_000
/** Tries of a write in the calm before the app counts as locked out (W7). */
const calmTries = 8

export async function runSeed(
  seed: number,
  { mutation = null, tracing = false }: RunOptions = {},
): Promise<SeedResult> {
  const random = new Random(seed)
  const drawn = drawPlan(random)
  // No gate yet keeps a switch from a side that is being loaded once more, so nothing can be promised of one: such loads only run
  // where a bug is seeded in them, which they find faster.
  const plan = mutation?.refill === undefined ? { ...drawn, refillEveryMs: 0 } : drawn
  const world = new World(plan, random, mutation, tracing)
  const { scheduler, oracle } = world
  scheduler.log('plan', JSON.stringify(plan))

  const writers = Array.from({ length: plan.writers }, () => ({ left: plan.programsPerWriter, done: false }))
  for (const [index, account] of writers.entries()) {
    world.process(`app${index}`, (process) => {
      const member = new Member(world, process)
      process.spawn('writer', () => writeAll(world, member, account))
      if (index === 0) process.spawn('verifier', () => verifier(world, process))
    })
  }
  world.process('operator0', (process) => {
    const member = new Member(world, process)
    process.spawn('loader', () => loader(member))
    if (plan.twoLoaders) process.spawn('refiller', () => refiller(member))
    process.spawn('switcher', () => switcher(member))
  })
  world.process('operator1', (process) => {
    const member = new Member(world, process)
    if (plan.twoLoaders) process.spawn('loader', () => loader(member))
    process.spawn('refiller', () => refiller(member))
    process.spawn('switcher', () => switcher(member))
    process.spawn('recoverer', () => recoverer(member))
  })
  chaos(world)
  mutation?.boot?.(world)

  await scheduler.run(() => oracle.loaded && writers.every(({ left }) => left <= 0), stormSteps)
  const stormEnd = scheduler.steps
  world.calm()
  const finished = (): boolean =>
    writers.every(({ done }) => done) && oracle.loaded && !world.refilling && world.atRest
  const end = await scheduler.run(finished, calmSteps)
  if (end === 'done') oracle.atRest()
  else if (end !== 'failed')
    scheduler.fail(`W3: the fleet does not come to rest (${end}): ${describeWorld(world)}`)
  return {
    seed,
    failure: scheduler.failure,
    steps: scheduler.steps,
    digest: scheduler.digest,
    counts: { ...oracle.counts, storm: stormEnd, ms: scheduler.now },
    trace: scheduler.trace ?? [],
  }
}

/** The programs of one app; after a kill the next incarnation goes on with those that are left. */
async function writeAll(
  world: World,
  member: Member,
  account: { left: number; done: boolean },
): Promise<void> {
  const writer = new Writer(member)
  const { clock, name } = member.process
  while (account.left > 0 && world.storm) {
    await clock.sleep(world.random.below(30))
    account.left--
    await writer.write()
  }
  while (world.storm) await clock.sleep(40)
  for (let tries = 0; ;) {
    const mending = writer.mending()
    const fate = await writer.write(mending ?? writer.plain())
    if (fate === 'committed' && mending === null) break
    if (fate !== 'committed') tries++
    if (tries >= calmTries) {
      return world.scheduler.fail(`W7: ${name} can't write although nothing is wrong any more`)
    }
  }
  account.done = true
}

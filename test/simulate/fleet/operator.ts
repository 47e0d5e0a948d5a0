// People (and scripts) who run the migration: leave source-only, load, switch there and back, and recover, also
// when nothing is wrong. Two of them work at the same time and know nothing of each other.

import { backfill } from '@twinwrite/backfill'
import { type RunningMigration, type Store, StoreError, TwinwriteError } from '@twinwrite/core'
import { ApplyRejected } from '../../../packages/core/src/apply/apply.ts'
import type { SimProcess } from '../engine/sim-process.ts'
import type { World } from '../world.ts'
import type { Member } from './member.ts'

/** Leaves source-only and loads the target; begins again after a kill. */
export async function loader({ world, migration, process }: Member): Promise<void> {
  // One of two loaders may have ended while the other has begun: whoever sees a side that is being loaded goes on with it.
  while (!world.oracle.loaded || world.databases.target.fence.role === 'loading') {
    await attempt(async () => {
      if (world.plan.fromSourceOnly) await migration.setStage('source-first', { barrierTimeoutMs: 2000 })
      await load(world, migration, process)
      world.oracle.loaded = true
    })
    await process.clock.sleep(20)
  }
}

async function load(world: World, migration: RunningMigration, process: SimProcess): Promise<void> {
  const { mutation, plan } = world
  if (mutation?.load !== undefined) await mutation.load(world, process)
  else if (plan.backfill === null) await migration.load()
  else await backfilled(world, migration, plan.backfill)
}

/** Loads the side that follows once more the fast way, as if it had never been loaded, while others switch. */
export async function refiller({ world, migration, process }: Member): Promise<void> {
  const { random, plan } = world
  while (plan.refillEveryMs > 0 && (world.storm || world.refilling)) {
    await process.clock.sleep(random.below(plan.refillEveryMs))
    if (!world.oracle.loaded) continue
    await attempt(async () => {
      const { primary, secondary } = await migration.following()
      // After a switch nobody has said of the new primary that every write of it is journaled.
      const fence = await primary.readFence()
      if (fence !== null) await migration.setStage(fence.stage, { barrierTimeoutMs: 2000 })
      if (!world.refilling) {
        if (!world.storm) return
        world.refilling = true
        await outdate(secondary)
      }
      await backfilled(world, migration, 'auto')
      world.refilling = false
    })
  }
}

export async function switcher({ world, migration, process }: Member): Promise<void> {
  const { random, plan } = world
  for (;;) {
    await process.clock.sleep(random.below(plan.switchEveryMs))
    if (!world.storm) return
    if (!world.oracle.loaded) continue
    await attempt(async () => {
      const primary = await migration.primary()
      const onTarget = plan.undo && primary === 'target'
      if (onTarget && random.oneIn(3))
        await migration.setStage(random.oneIn(2) ? 'target-only' : 'target-first')
      else await migration.switchStage(primary === 'source' ? 'target-first' : 'source-first')
    })
  }
}

export async function recoverer({ world, migration, process }: Member): Promise<void> {
  const { random, plan } = world
  while (world.storm) {
    await process.clock.sleep(plan.recoverEveryMs > 0 ? random.below(plan.recoverEveryMs) : 40)
    if (plan.recoverEveryMs > 0) await attempt(() => migration.recover())
  }
  // Somebody looks after the storm; without it the fleet recovers by itself, only later.
  if (!random.oneIn(10)) await attempt(() => migration.recover())
  // What was blocked by a row that has been mended since must be tried again by hand.
  while (plan.badOneIn > 0) {
    await process.clock.sleep(250)
    await attempt(() => migration.retryBlocked())
  }
}

/** Makes what was loaded look as if it had been loaded before the primary was followed. */
async function outdate(secondary: Store): Promise<void> {
  const notes = await secondary.checkpoints('backfill')
  const head = notes.find(({ table }) => table === '*')
  if (head === undefined) return
  const begun = { id: 'outdated', since: -1, loaded: [], kept: [], state: 'running' }
  const before = { ...(JSON.parse(head.body) as object), ...begun }
  await secondary.saveCheckpoint({ ...head, body: JSON.stringify(before) }, head.body)
}

function backfilled(world: World, migration: RunningMigration, way: 'auto' | 'live'): Promise<unknown> {
  return backfill(mutated(migration, world), { way, chunkRows: { min: 1, first: 2, max: 3 } }).done
}

function mutated(migration: RunningMigration, { mutation }: World): RunningMigration {
  return mutation?.refill?.(migration) ?? migration
}

/** Everything may fail during a storm, but only with an error that says what it is. */
async function attempt(run: () => Promise<unknown>): Promise<void> {
  try {
    await run()
  } catch (error) {
    const known =
      error instanceof TwinwriteError || error instanceof StoreError || error instanceof ApplyRejected
    if (!known) throw error
  }
}

export function describeWorld(world: World): string {
  const { source, target } = world.databases
  const side = (one: typeof source): string =>
    `${one.side} ${one.fence.role} ${one.fence.epoch}, journal ${one.journal.size}, sessions ${one.sessions.size}`
  return `${side(source)}; ${side(target)}; loaded ${world.oracle.loaded}`
}

// Compares single rows under the key's lock while everything runs (PROTOCOL 8.1, V1 to V5): with no journal entry left
// for the row, both sides must be equal. A difference is a false alarm or a silent divergence, both violate W11.

import { type Side, type Store, StoreError, stripeOf } from '@twinwrite/core'
import type { SimProcess } from '../engine/sim-process.ts'
import { simTables } from '../server/sim-tables.ts'
import type { World } from '../world.ts'

export async function verifier(world: World, process: SimProcess): Promise<void> {
  const stores = world.correctStores(process)
  while (world.storm) {
    await process.clock.sleep(10 + world.random.below(50))
    if (!world.oracle.loaded) continue
    const side: Side = world.databases.source.fence.role === 'primary' ? 'source' : 'target'
    try {
      await compareOne(world, stores[side], stores[side === 'source' ? 'target' : 'source'])
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
    }
  }
}

async function compareOne(world: World, primary: Store, secondary: Store): Promise<void> {
  const { random } = world
  const table = random.pick(simTables).name
  const key = String(random.oneIn(3) ? 100 + random.below(4) : 1 + random.below(world.plan.items))
  const rows = [{ table, key }]
  const session = await secondary.beginApply()
  try {
    if (session.fence?.role !== 'secondary') return
    await session.lock([stripeOf(table, key)], 'wait')
    const there = await primary.snapshot(rows)
    const here = await secondary.snapshot(rows)
    const { journal } = await primary.snapshot(rows)
    // The lock must have lived until now, else an apply may have come between the readings.
    await session.commit()
    if (journal.length > 0) return
    world.oracle.counts.verified++
    const left = JSON.stringify(there.rows.get(table)?.get(key) ?? null)
    const right = JSON.stringify(here.rows.get(table)?.get(key) ?? null)
    if (left !== right)
      world.scheduler.fail(
        `W11: ${table} ${key} differs: ${primary.side} ${left}, ${secondary.side} ${right}`,
      )
  } finally {
    await session.rollback()
  }
}

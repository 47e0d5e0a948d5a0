// Compares rows while everything runs, by the very code that confirms mismatches (PROTOCOL 8.1, V1 to V5). Nothing damages the data
// here: a confirmed mismatch is a false alarm or a silent divergence, and both violate W11.

import { confirm, type Direction, type RowKey, type Side, StoreError } from '@twinwrite/core'
import type { SimProcess } from '../engine/sim-process.ts'
import type { SimStore } from '../ports/sim-store.ts'
import { catalogTables, simTables } from '../server/sim-tables.ts'
import type { World } from '../world.ts'

export async function verifier(world: World, process: SimProcess): Promise<void> {
  const stores = world.verifyingStores(process)
  const { clock } = process
  while (world.storm) {
    await clock.sleep(10 + world.random.below(50))
    if (!world.oracle.loaded) continue
    const primary: Side = world.databases.source.fence.role === 'primary' ? 'source' : 'target'
    try {
      const rows = someRows(world)
      const seen = await confirm(directionFrom(primary, stores), rows, { clock, tries: 2, restMs: 10 })
      if (seen === null) continue
      world.oracle.counts.verified += seen.equal
      const [wrong] = seen.confirmed
      if (wrong !== undefined) {
        const [left, right] = [wrong.primary, wrong.secondary].map((row) => JSON.stringify(row))
        world.scheduler.fail(
          `W11: ${wrong.table} ${wrong.key} is ${wrong.kind}: ${primary} ${left}, not ${right}`,
        )
      }
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
    }
  }
}

function someRows({ random, plan }: World): RowKey[] {
  return Array.from({ length: 1 + random.below(3) }, () => ({
    table: random.pick(simTables).name,
    key: String(random.oneIn(3) ? 100 + random.below(4) : 1 + random.below(plan.items)),
  }))
}

function directionFrom(primarySide: Side, stores: Record<Side, SimStore>): Direction {
  const tables = catalogTables.map((table) => {
    const side = { mapping: table.name, table, columns: table.columns, key: table.columns.slice(0, 1) }
    const telling = { from: table.columns.length, to: table.columns.length }
    const asIs = <T>(row: T): T => row
    return [
      table.name,
      { from: side, to: side, convert: asIs, back: asIs, telling, carriesTexts: true, comparesTexts: true },
    ] as const
  })
  return {
    primarySide,
    primary: stores[primarySide],
    secondary: stores[primarySide === 'source' ? 'target' : 'source'],
    tables: new Map(tables),
  }
}

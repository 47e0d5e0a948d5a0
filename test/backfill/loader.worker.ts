// A process that does nothing but backfill, to be killed at any moment.

import { backfill, type BackfillOptions } from '@twinwrite/backfill'
import type { ConnectionSpec, Side } from '@twinwrite/core'
import { defineMigration } from '@twinwrite/sql'
import { parent } from '@twinwrite/testkit'
import { type Pair, shopConfig } from './place.ts'

interface Task {
  readonly pair: Pair
  readonly sides: Record<Side, ConnectionSpec>
  readonly options: BackfillOptions
}

parent.onMessage((message) => void carryOut(message as Task))

async function carryOut(task: Task): Promise<void> {
  const { pair, sides, options } = task
  const migration = defineMigration(shopConfig(pair)).operate(sides)
  const run = backfill(migration, options)
  parent.send({ begun: true })
  const timer = setInterval(() => parent.send({ rows: rowsOf(run.progress()) }), 20)
  try {
    parent.send({ report: await run.done })
  } catch (error) {
    parent.send({ failed: String(error) })
  }
  clearInterval(timer)
  await migration.close()
  process.exit(0)
}

function rowsOf({ tables }: { readonly tables: readonly { readonly rows: number }[] }): number {
  return tables.reduce((sum, { rows }) => sum + rows, 0)
}

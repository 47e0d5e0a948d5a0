// One backfill in a process of its own, so that its memory can be measured.

import { backfill, type BackfillOptions } from '@twinwrite/backfill'
import type { ConnectionSpec, Side } from '@twinwrite/core'
import { defineMigration } from '@twinwrite/sql'
import { parent } from '@twinwrite/testkit'

interface Task {
  readonly sides: Record<Side, ConnectionSpec>
  readonly options: BackfillOptions
}

const accept = ['code', 'note', 'extra', 'created', 'changed', 'total']

parent.onMessage(async (message) => {
  const { sides, options } = message as Task
  const crossing = sides.source.engine !== sides.target.engine
  const migration = defineMigration({
    name: 'bench',
    tables: { orders: crossing ? { accept } : true },
  }).start(sides)
  try {
    await migration.setStage('source-first')
    const begun = performance.now()
    const report = await backfill(migration, options).done
    const ms = performance.now() - begun
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
    parent.send({
      ms,
      rssMb: Math.round(maxRSS / 1024),
      cpuMs: (userCPUTime + systemCPUTime) / 1000,
      way: report.tables[0]?.way,
    })
  } catch (error) {
    parent.send({ failed: String(error) })
  }
  await migration.close()
  process.exit(0)
})

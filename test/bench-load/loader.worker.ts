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

parent.onMessage((message) => void carryOut(message as Task))

async function carryOut(task: Task): Promise<void> {
  const { sides, options } = task
  const crossing = sides.source.engine !== sides.target.engine
  const migration = defineMigration({
    name: 'bench',
    tables: { orders: crossing ? { accept } : true },
  }).start(sides)
  try {
    await migration.setStage('source-first')
    const [begun, cpu] = [performance.now(), process.cpuUsage()]
    const report = await backfill(migration, options).done
    const ms = performance.now() - begun
    const { maxRSS } = process.resourceUsage()
    const { user, system } = process.cpuUsage(cpu)
    parent.send({
      ms,
      rssMb: Math.round(maxRSS / 1024),
      cpuMs: (user + system) / 1000,
      way: report.tables[0]?.way,
    })
  } catch (error) {
    parent.send({ failed: String(error) })
  }
  await migration.close()
  process.exit(0)
}

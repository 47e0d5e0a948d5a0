// One verification in a process of its own, so that its memory can be measured.

import type { ConnectionSpec, Side } from '@twinwrite/core'
import { defineMigration } from '@twinwrite/sql'
import { parent } from '@twinwrite/testkit'
import { verify } from '@twinwrite/verify'
import { config } from './migration.ts'

parent.onMessage((message) => void carryOut(message as Record<Side, ConnectionSpec>))

async function carryOut(sides: Record<Side, ConnectionSpec>): Promise<void> {
  const migration = defineMigration(config).operate(sides)
  try {
    const [begun, cpu] = [performance.now(), process.cpuUsage()]
    const { mismatches } = await verify(migration, { maxLagMs: 60_000 }).done
    const ms = performance.now() - begun
    const { user, system } = process.cpuUsage(cpu)
    const rssMb = Math.round(process.resourceUsage().maxRSS / 1024)
    parent.send({ ms, rssMb, cpuMs: (user + system) / 1000, mismatches })
  } catch (error) {
    parent.send({ failed: String(error) })
  }
  await migration.close()
  process.exit(0)
}

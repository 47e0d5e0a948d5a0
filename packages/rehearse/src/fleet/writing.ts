// A process that writes, as one of the application's own would.

import { doubleWrite, twinwrite } from '@twinwrite/knex'
import knex from 'knex'
import { clientConfig, clientNames } from '../plain-client.ts'
import { scratchDefinition } from '../scratch/definition.ts'
import { Writer } from '../traffic/writer.ts'
import type { Found, WriterJob } from './job.ts'
import type { Message } from './message.ts'
import { worded } from '../worded.ts'
import { scratchSides } from './scratch-sides.ts'

const connections = 6

export async function beWriter(
  job: WriterJob,
  real: Found,
  tell: (message: Message) => void,
  signal: AbortSignal,
): Promise<void> {
  const sides = scratchSides(real, job.scratch)
  const migration = scratchDefinition(real.migration, job.scratch.flat)
  const db = knex({
    ...clientConfig(sides.source, connections),
    client: doubleWrite(clientNames[sides.source.engine], {
      migration,
      target: clientConfig(sides.target, connections),
    }),
  })
  const { tables, statements, number, everyMs } = job
  const running = twinwrite(db)
  const writer = new Writer(
    db,
    running,
    { tables, statements, number, everyMs, sourceEngine: sides.source.engine },
    {
      tried: (facts) => {
        if (facts.length > 0) tell({ kind: 'tried', facts })
      },
      acked: (facts, ms) => tell({ kind: 'acked', facts, ms }),
      failed: (table, code) => tell({ kind: 'failed', table, code }),
      ran: (statement, error) =>
        tell({ kind: 'ran', statement, error: error === null ? null : worded(error) }),
    },
  )
  tell({ kind: 'ready' })
  await writer.run(signal)
  await db.destroy()
}

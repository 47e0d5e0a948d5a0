// A writer process: random writes until it is killed. Errors are expected (kills, frozen stages, deadlocks); what counts is
// the ledger and the comparison at the end.

import { parent } from '@twinwrite/testkit'
import { join } from './join.ts'
import { operate } from './workload.ts'

const { name, random, db } = await join()
let serial = 0

for (;;) {
  try {
    await operate({ db, random, token: () => `${name}.${serial++}`, tell: (entry) => parent.send(entry) })
  } catch (error) {
    parent.send({ error: describe(error) })
  }
}

function describe(error: unknown): string {
  const { code, message } = error as { code?: string; message: string }
  return code ?? message.slice(0, 120)
}

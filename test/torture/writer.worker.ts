// A writer process: random writes until it is killed. Errors are expected (kills, frozen stages, deadlocks); what counts is
// the ledger and the comparison at the end.

import { parent } from '@twinwrite/testkit'
import { buggify } from './buggify.ts'
import { type Addresses, connect } from './connect.ts'
import { seeded } from './random.ts'
import { operate } from './workload.ts'

const { addresses, name, seed } = JSON.parse(process.argv[2]!) as {
  addresses: Addresses
  name: string
  seed: number
}
const random = seeded(seed)
buggify(seeded(seed + 1), 25)
const { db } = connect(addresses)
let serial = 0
let stopped = false
parent.onMessage(() => {
  stopped = true
})
parent.send({ ready: true })

while (!stopped) {
  try {
    await operate({ db, random, token: () => `${name}.${serial++}`, tell: (entry) => parent.send(entry) })
  } catch (error) {
    parent.send({ error: describe(error) })
  }
}
await db.destroy()
parent.send({ stopped: true })
process.disconnect()

function describe(error: unknown): string {
  const { code, message } = error as { code?: string; message: string }
  return code ?? message.slice(0, 120)
}

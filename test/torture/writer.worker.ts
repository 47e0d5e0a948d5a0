// A writer process: random writes until it is killed. Errors are expected (kills, frozen stages, deadlocks); what counts is
// the ledger and the comparison at the end.

import { setTimeout as sleep } from 'node:timers/promises'
import { parent } from '@twinwrite/testkit'
import { join } from './join.ts'
import { operate, operatePlainly } from './workload.ts'

const { name, random, db, everyMs } = await join()
let serial = 0
let took: number[] = []
let told = performance.now()
let flying = 0

/** Between two reports of how long writes took. */
const tellMs = 500

/** Writes under way at once of a paced writer; what should begin meanwhile begins late. */
const most = 20

if (everyMs === undefined) for (;;) await write()
else await pacedBy(everyMs)

async function write(): Promise<void> {
  try {
    const work = everyMs === undefined ? operate : operatePlainly
    await work({ db, random, token: () => `${name}.${serial++}`, tell: (entry) => parent.send(entry) })
  } catch (error) {
    parent.send({ error: describe(error) })
  }
}

async function timed(due: number): Promise<void> {
  flying++
  await write()
  flying--
  took.push(performance.now() - due)
}

/** An open loop: the next write begins at its time, whether or not the last one has ended. */
async function pacedBy(ms: number): Promise<never> {
  const began = performance.now()
  for (let number = 0; ; number++) {
    const due = began + number * ms
    const early = due - performance.now()
    if (early > 0) await sleep(early)
    while (flying >= most) await sleep(1)
    timed(due).catch((error: unknown) => parent.send({ error: describe(error) }))
    if (performance.now() - told < tellMs) continue
    parent.send({ took })
    took = []
    told = performance.now()
  }
}

function describe(error: unknown): string {
  const { code, message } = error as { code?: string; message: string }
  return code ?? message.slice(0, 120)
}

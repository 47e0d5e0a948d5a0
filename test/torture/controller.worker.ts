// A switch controller: there and back, again and again, until it is killed. Whatever it leaves half-way the fleet recovers.

import { parent } from '@twinwrite/testkit'
import { TwinwriteError } from '@twinwrite/core'
import { buggify } from './buggify.ts'
import { type Addresses, connect } from './connect.ts'
import { seeded } from './random.ts'

const { addresses, seed } = JSON.parse(process.argv[2]!) as { addresses: Addresses; seed: number }
const random = seeded(seed)
buggify(seeded(seed + 1), 25)
const { migration } = connect(addresses)
parent.send({ ready: true })

for (;;) {
  await new Promise((resolve) => setTimeout(resolve, 400 + random.below(800)))
  try {
    const { stage } = await migration.status()
    const { pauseMs } = await migration.switchStage(
      stage === 'source-first' ? 'target-first' : 'source-first',
    )
    parent.send({ switched: stage, pauseMs })
  } catch (error) {
    if (!(error instanceof TwinwriteError) && (error as Error).name !== 'StoreError') throw error
    parent.send({ refused: (error as Error).message.slice(0, 160) })
  }
}

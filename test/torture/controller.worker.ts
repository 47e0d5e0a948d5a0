// A switch controller: there and back, again and again, until it is killed. Whatever it leaves half-way the fleet recovers.

import { parent } from '@twinwrite/testkit'
import { TwinwriteError } from '@twinwrite/core'
import { join } from './join.ts'

const {
  random,
  db: { migration },
} = await join()

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

// One lane of the conformance command, a process of its own: SQLite stands in the way of everything else in a process while
// it waits for the disk. Runs the pairs that it is given, one after the other.

import { parent } from '@twinwrite/testkit'
import type { Orm } from './orm.ts'
import type { OrmName } from './orm-names.ts'
import { type Choice, runPair, type StageReport } from './run-pair.ts'
import type { Pair } from './world.ts'

export interface LaneTask {
  readonly orm: OrmName
  readonly pair: Pair
  readonly choice: Choice
}

export type LaneMessage = { readonly report: StageReport } | { readonly ended: 'done' | 'broken off' }

const orms: Record<OrmName, () => Promise<Orm>> = {
  knex: async () => (await import('./knex/knex-orm.ts')).knexOrm,
  prisma: async () => (await import('./prisma/prisma-orm.ts')).prismaOrm,
  typeorm: async () => (await import('./typeorm/typeorm-orm.ts')).typeormOrm,
}

const tell = (message: LaneMessage): void => parent.send(message)

async function run({ orm, pair, choice }: LaneTask): Promise<void> {
  try {
    await runPair(await orms[orm](), pair, choice, (report) => tell({ report }))
    tell({ ended: 'done' })
  } catch (error) {
    console.error(error)
    tell({ ended: 'broken off' })
  }
}

parent.onMessage((task) => void run(task as LaneTask))

// Wrong ways to load in chunks.

import type { Direction, RunningMigration, Side } from '@twinwrite/core'
import type { Mutation } from '../mutations.ts'
import type { SimBulk } from '../ports/sim-bulk.ts'
import { replaced } from './replaced.ts'

export const fillMutations: Readonly<Record<string, Mutation>> = {
  fillunfenced: {
    about: 'a chunk does not check that its side is still loading',
    refill: (migration) => withBulk(migration, (bulk) => bulk.without('fence')),
  },
  fillnocas: {
    about: 'a chunk is noted whatever the note says that it takes the place of',
    refill: (migration) => withBulk(migration, (bulk) => bulk.without('checkpoint')),
  },
  fillnolock: {
    about: 'a chunk beside the follower reads its rows without having locked their keys',
    refill: (migration) => withBulk(migration, (bulk) => bulk.without('locks')),
  },
  fillnolook: {
    about: 'a loader does not look whether the other side is still primary, after it has said that it loads',
    refill: (migration) =>
      replaced(migration, {
        following: async (): Promise<Direction> => {
          const direction = await migration.following()
          const before = await direction.primary.readFence()
          return {
            ...direction,
            primary: replaced(direction.primary, { readFence: () => Promise.resolve(before) }),
          }
        },
      }),
  },
}

function withBulk(migration: RunningMigration, wrong: (bulk: SimBulk) => SimBulk): RunningMigration {
  return replaced(migration, {
    openBulk: (side: Side, sessions: number) => wrong(migration.openBulk(side, sessions) as SimBulk),
  })
}

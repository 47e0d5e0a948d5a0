// Wrong ways to write.

import type { Change } from '@twinwrite/core'
import type { Mutation } from '../mutations.ts'
import { replaced } from './replaced.ts'

const nothing = { sql: 'nothing', bindings: [] }

export const writeMutations: Readonly<Record<string, Mutation>> = {
  nofence: {
    about: 'the journal takes entries whatever the fence says (C18 to C20)',
    dialect: (dialect) => ({
      ...dialect,
      journal: (changes) => ({ sql: 'journal-unfenced', bindings: [changes] }),
      journalAndCommit: () => null,
    }),
  },
  latejournal: {
    about: 'journal entries are inserted after the commit (C2)',
    dialect: (dialect) => ({
      ...dialect,
      journal: (changes, epoch, stale) => ({
        sql: 'fence',
        bindings: [epoch, stale, changes.length],
      }),
      journalAndCommit: () => null,
    }),
    writeSide: (side, stores) => {
      const store = stores[side.side]
      return replaced(side, {
        async committed(changes: readonly Change[]) {
          const { journal, scheduler } = store.db
          await store
            .auto('late journal', () =>
              journal.commit(
                changes.map(({ table, key, op }) => journal.make(table, key, op, scheduler.now)),
              ),
            )
            .catch(() => undefined)
          await side.committed(changes)
        },
      })
    },
  },
  nobarrier: {
    about: 'writes that leave no entries are not held off when somebody begins to follow (C27)',
    dialect: (dialect) => ({ ...dialect, checkFence: () => nothing }),
  },
  nobeat: {
    about: 'processes write unfenced although nobody knows of them, so that no barrier waits for them (C27)',
    store: (store) => replaced(store, { beat: () => Promise.resolve() }),
  },
  stalefence: {
    about: 'the fence is read from the snapshot of the transaction (C30)',
    dialect: (dialect) => ({
      ...dialect,
      journal: (changes, epoch) => dialect.journal(changes, epoch, false),
      checkFence: (epoch) => dialect.checkFence(epoch, false),
    }),
  },
  poisoned: {
    about: 'a transaction that the server has ended is taken for an open one (C31)',
    writeSide: (side) => replaced(side, { engine: side.engine === 'mysql' ? 'sqlite' : side.engine }),
  },
  secondaryfirst: {
    about: 'at level strict the secondary commits first (C9)',
    writeSide: (side) => {
      const { strict } = side
      if (strict === null) return side
      return replaced(side, {
        async strict(changes, readRows) {
          const opened = await strict(changes, readRows)
          await opened?.commit()
          return null
        },
      })
    },
  },
}

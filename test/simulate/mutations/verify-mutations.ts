// Wrong ways to compare. Nothing is wrong with the data then: what they find is a false alarm.

import type { JournalEntry, RowKey } from '@twinwrite/core'
import type { Mutation } from '../mutations.ts'
import { replaced } from './replaced.ts'

export const verifyMutations: Readonly<Record<string, Mutation>> = {
  verifyjournalfirst: {
    about: 'a comparison reads the journal before the rows (C28)',
    verifying: (store) => {
      let before: readonly JournalEntry[] | null = null
      return replaced(store, {
        async snapshot(keys: readonly RowKey[]) {
          if (before === null) {
            before = await store.auto('verify journal', () => store.journalOf(keys))
            const rows = await store.auto('verify rows', () => store.rowsOf(keys))
            return { journal: [], rows }
          }
          const journal = before
          before = null
          return { journal, rows: new Map() }
        },
      })
    },
  },
  verifynolock: {
    about: 'a comparison does not lock the keys (C28)',
    verifying: (store) =>
      replaced(store, {
        async beginApply() {
          const session = await store.beginApply()
          return replaced(session, { lock: (stripes) => Promise.resolve(new Set(stripes)) })
        },
      }),
  },
  verifylost: {
    about: 'a comparison believes in a lock whose session is gone',
    verifying: (store) =>
      replaced(store, {
        async beginApply() {
          const session = await store.beginApply()
          return replaced(session, {
            // As the network ends sessions now and then, here behind every lock.
            async lock(stripes, mode) {
              const locked = await session.lock(stripes, mode)
              await session.rollback()
              return locked
            },
            async commit() {
              await session.commit().catch(() => undefined)
            },
          })
        },
      }),
  },
  verifynofence: {
    about: 'a comparison does not ask the fence which side follows',
    verifying: (store) => replaced(store, { beginApply: () => store.beginUnfencedApply() }),
  },
}

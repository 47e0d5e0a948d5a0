// Wrong ways to apply.

import type { RowKey, Snapshot, TableWrite } from '@twinwrite/core'
import type { Mutation } from '../mutations.ts'
import type { SimApplySession } from '../ports/sim-apply-session.ts'
import type { SimStore } from '../ports/sim-store.ts'
import type { ServerSession, Work } from '../server/server-session.ts'
import type { SimDatabase } from '../server/sim-database.ts'
import { tableNamed, uniqueOf } from '../server/sim-tables.ts'
import { replaced } from './replaced.ts'

/** Milliseconds for which a wrong reader believes what it has read. */
const cacheMs = 30

export const applyMutations: Readonly<Record<string, Mutation>> = {
  nolock: {
    about: 'apply writes without having locked the keys on the secondary',
    store: (store) =>
      withSession(store, (session) =>
        replaced(session, { lock: (stripes) => Promise.resolve(new Set(stripes)) }),
      ),
  },
  othersession: {
    about: 'the keys are locked in another session than the one that writes (C6)',
    store: (store) =>
      replaced(store, {
        async beginApply() {
          const locks = await store.beginApply()
          const writes = await store.beginApply().catch(async (error: unknown) => {
            await locks.rollback()
            throw error
          })
          return replaced(writes, {
            lock: (stripes, mode) => locks.lock(stripes, mode),
            async commit() {
              await writes.commit()
              await locks.rollback()
            },
            async rollback() {
              await writes.rollback()
              await locks.rollback()
            },
          })
        },
      }),
  },
  noapplyfence: {
    about: 'apply does not check the fence of the secondary (C21, C23)',
    store: (store) => replaced(store, { beginApply: () => store.beginUnfencedApply() }),
  },
  seenafter: {
    about: 'the journal is read after the rows (C7)',
    store: (store) =>
      replaced(store, {
        async snapshot(keys: readonly RowKey[]) {
          const rows = await store.auto('snapshot rows', () => store.rowsOf(keys))
          const journal = await store.auto('snapshot journal', () => store.journalOf(keys))
          return { journal, rows }
        },
      }),
  },
  deletekeys: {
    about: 'apply deletes all journal entries of its rows, not only those it has seen (C7)',
    store: (store) =>
      replaced(store, {
        deleteJournal: (ids: readonly string[]) =>
          store.auto('deleteJournal of rows', () => store.db.journal.deleteRowsOf(ids)),
      }),
  },
  cachedread: {
    about: 'rows are read from something that lags behind the primary',
    store: (store, { scheduler }) => {
      const cache = new Map<string, { readonly at: number; readonly snapshot: Snapshot }>()
      return replaced(store, {
        async snapshot(keys: readonly RowKey[]) {
          const name = keys.map(({ table, key }) => `${table} ${key}`).join()
          const known = cache.get(name)
          if (known !== undefined && scheduler.now - known.at < cacheMs) return known.snapshot
          const snapshot = await store.snapshot(keys)
          cache.set(name, { at: scheduler.now, snapshot })
          return snapshot
        },
      })
    },
  },
  replace: {
    about: 'a row that holds a wanted unique value is deleted, as REPLACE does (C16)',
    store: (store) =>
      withSession(store, (session) =>
        replaced(session, {
          write: (writes: readonly TableWrite[]) =>
            session.request('replace', { work: (server) => replaceAll(store.db, server, writes) }),
        }),
      ),
  },
  keepoldest: {
    about: 'a compaction of the journal keeps the oldest entry of each row (C11)',
    boot: ({ databases, scheduler }) => {
      const compact = (): void => {
        databases.source.journal.keepOldest()
        databases.target.journal.keepOldest()
        scheduler.after(5, null, 'compact', compact)
      }
      compact()
    },
  },
}

function withSession(store: SimStore, change: (session: SimApplySession) => SimApplySession): SimStore {
  return replaced(store, { beginApply: async () => change(await store.beginApply()) })
}

function* replaceAll(db: SimDatabase, session: ServerSession, writes: readonly TableWrite[]): Work<void> {
  for (const write of writes) {
    const table = tableNamed(write.table)
    for (const key of write.deletes) yield* db.writeRow(session, table, key, null)
    for (const { key, row } of write.upserts) {
      const value = uniqueOf(table, row)
      const holder = value === null ? null : db.holderOf(session, table, value, key)
      if (holder !== null) yield* db.writeRow(session, table, holder, null)
      yield* db.writeRow(session, table, key, row)
    }
  }
}

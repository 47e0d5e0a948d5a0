// Wrong ways to switch.

import type { Fence } from '@twinwrite/core'
import type { Mutation } from '../mutations.ts'
import { replaced } from './replaced.ts'

export const switchMutations: Readonly<Record<string, Mutation>> = {
  blindcontroller: {
    about: 'steps of a switch set the fence without comparing it (C24)',
    store: (store) =>
      replaced(store, {
        changeFence: (_guard, next: Fence, lockTimeoutMs: number) =>
          store.changeFence({ epochBelow: Number.MAX_SAFE_INTEGER }, next, lockTimeoutMs),
      }),
  },
  nodrain: {
    about: 'a switch does not wait for an empty journal',
    store: (store) =>
      replaced(store, {
        journalState: () => Promise.resolve({ entries: 0, oldestMs: null, blocked: 0, marks: [] }),
      }),
  },
  nocounters: {
    about: 'a switch does not move the counters of the new primary (C18)',
    store: (store) => replaced(store, { raiseCounters: () => Promise.resolve() }),
  },
}

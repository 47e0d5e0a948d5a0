// Wrong ways to load.

import type { Mutation } from '../mutations.ts'
import { SimStore } from '../ports/sim-store.ts'
import { simTables } from '../server/sim-tables.ts'

export const loadMutations: Readonly<Record<string, Mutation>> = {
  loadignore: {
    about: 'the loader inserts rows that it has read before, where they are absent (C13)',
    async load(world, process) {
      const options = { network: () => world.network(), splitSnapshot: false }
      const source = new SimStore(process, world.databases.source, options)
      const target = new SimStore(process, world.databases.target, options)
      for (const table of simTables) {
        const keys = await source.keysAfter(table.name, null, 1000)
        for (const key of keys) {
          const { rows } = await source.snapshot([{ table: table.name, key }])
          const row = rows.get(table.name)?.get(key)
          const session = await target.beginApply()
          try {
            await session.request('insert ignore', {
              *work(server) {
                if (row !== undefined && target.db.row(server, table.name, key) === null) {
                  yield* target.db.writeRow(server, table, key, row)
                }
              },
            })
            await session.commit()
          } catch (error) {
            await session.rollback()
            throw error
          }
        }
      }
    },
  },
}

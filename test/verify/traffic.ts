// Traffic of an app through its wrapped Knex: inserts, updates, hard deletes, changes of keys, transactions that roll back.

import { setTimeout as sleep } from 'node:timers/promises'
import { isMoved, TwinwriteError } from '@twinwrite/core'
import { orderRow, type Shop } from './shop.ts'

export interface Traffic {
  /** Writes that were committed. */
  readonly writes: () => number
  stop(): Promise<void>
}

export function startTraffic(shop: Shop, writers: number): Traffic {
  let running = true
  let writes = 0
  const writer = async (number: number): Promise<void> => {
    for (let turn = 0; running; turn++) {
      try {
        await oneWrite(shop, number, turn)
        writes++
        await sleep(Math.random() * 20)
      } catch (error) {
        if (!passing(error)) throw error
      }
    }
  }
  const all = Array.from({ length: writers }, (_, number) => writer(number))
  return {
    writes: () => writes,
    stop: async () => {
      running = false
      await Promise.all(all)
    },
  }
}

async function oneWrite({ db, engines }: Shop, writer: number, turn: number): Promise<void> {
  const some = 1 + Math.floor(Math.random() * 60)
  const own = 10_000 + writer * 1000 + (turn % 500)
  switch (Math.floor(Math.random() * 7)) {
    case 0:
      await db('orders')
        .insert(orderRow(engines.source, own, `by ${writer}`))
        .onConflict('id')
        .ignore()
      return
    case 1:
      await db('orders')
        .where({ id: some })
        .update({ note: `turn ${turn}`, total: turn })
      return
    case 2:
      await db('orders').where({ id: own }).delete()
      return
    case 3:
      await db('orders')
        .where({ id: own })
        .update({ id: own + 100_000 })
      return
    case 4:
      await db('orders')
        .where({ id: own + 100_000 })
        .delete()
      return
    case 5: {
      const code = `w${writer}-${turn % 20}`
      const gone = await db('labels').where({ code }).delete()
      if (gone === 0) await db('labels').insert({ code, text: `turn ${turn}` })
      return
    }
    default:
      await db
        .transaction(async (trx) => {
          await trx('orders')
            .where({ id: some })
            .update({ note: `transaction ${turn}` })
          await trx('order_lines').where({ order_id: 1, pos: 0 }).increment('qty', 1)
          if (turn % 3 === 0) throw new Rollback()
        })
        .catch((error: unknown) => {
          if (!(error instanceof Rollback)) throw error
        })
  }
}

class Rollback extends Error {}

/** Deadlocks, duplicates and a move of the stage are the app's daily bread. */
function passing(error: unknown): boolean {
  if (error instanceof TwinwriteError) return error.retryable || isMoved(error)
  return /deadlock|lock wait|duplicate|unique|serializ|locked/i.test((error as Error).message)
}

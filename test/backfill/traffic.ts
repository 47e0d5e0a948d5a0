// The app at work through its ORM while rows are loaded: inserts, updates, hard deletes, key changes, values that move between rows.

import { isMoved, TwinwriteError } from '@twinwrite/core'
import type { Knex } from 'knex'

export interface Traffic {
  /** Writes that were answered. */
  readonly written: Record<'inserts' | 'updates' | 'deletes' | 'moves' | 'swaps', number>
  /** Lets the writes under way end. @throws what a write failed with that may not fail */
  end(): Promise<void>
}

export interface TrafficOptions {
  readonly writers?: number
  /** Whether unique values move between rows: a fast load that reads rows at several times then goes on live. */
  readonly swaps?: boolean
}

/** @param rows ids up to this one were there before */
export function traffic(db: Knex, rows: number, { writers = 2, swaps = true }: TrafficOptions = {}): Traffic {
  const written = { inserts: 0, updates: 0, deletes: 0, moves: 0, swaps: 0 }
  let going = true
  let made = 0
  const any = (): number => 1 + Math.floor(Math.random() * rows)
  const steps = [
    async () => {
      const code = `new${made++}`
      await db.transaction(async (trx) => {
        await trx('orders').insert({
          customer: 1,
          code,
          total: '1.5',
          paid: true,
          ratio: 0.5,
          note: 'new\tone',
          seen: db.fn.now(3),
        })
        const [order] = await trx<{ id: number; code: string }>('orders').where({ code }).select('id')
        await trx('positions').insert({ order_id: order!.id, place: 1, article: 'a', qty: 1 })
      })
      written.inserts++
    },
    async () => {
      const id = any()
      await db('orders')
        .where({ id })
        .update({ note: `changed ${Math.random()}`, total: '7.25', seen: db.fn.now(3) })
      await db('positions')
        .where({ order_id: any() })
        .update({ qty: Math.floor(Math.random() * 1e6) })
      written.updates++
    },
    async () => {
      const id = any()
      await db.transaction(async (trx) => {
        await trx('positions').where({ order_id: id }).delete()
        await trx('orders').where({ id }).delete()
      })
      written.deletes++
    },
    async () => {
      await db('positions')
        .where({ order_id: any(), place: 1 })
        .update({ place: 100 + Math.floor(Math.random() * 1e6) })
      written.moves++
    },
    async () => {
      const [one, two] = [any(), any()].sort((left, right) => left - right) as [number, number]
      if (one === two) return
      await db.transaction(async (trx) => {
        const found = await trx<{ id: number; code: string }>('orders')
          .whereIn('id', [one, two])
          .orderBy('id')
          .forUpdate()
          .select('id', 'code')
        if (found.length < 2) return
        const [first, second] = [found[0]!, found[1]!]
        await trx('orders').where({ id: first.id }).update({ code: null })
        await trx('orders')
          .where({ id: second.id })
          .update({ code: first.code, seen: trx.fn.now(3) })
        await trx('orders')
          .where({ id: first.id })
          .update({ code: second.code, seen: trx.fn.now(3) })
      })
      written.swaps++
    },
  ]
  const work = Array.from({ length: writers }, async () => {
    while (going) {
      try {
        await steps[Math.floor(Math.random() * (swaps ? steps.length : steps.length - 1))]!()
      } catch (error) {
        if (!isClash(error)) throw error
      }
    }
  })
  return {
    written,
    end: async () => {
      going = false
      await Promise.all(work)
    },
  }
}

/** Writers of the same rows meet in the database as they would without us; a switch may ask for another try. */
function isClash(error: unknown): boolean {
  if (error instanceof TwinwriteError) return error.retryable || isMoved(error)
  const { code } = error as { code?: unknown }
  return [
    '40P01',
    '40001',
    '55P03',
    '23503',
    '23505',
    'ER_LOCK_DEADLOCK',
    'ER_LOCK_WAIT_TIMEOUT',
    'ER_DUP_ENTRY',
    'ER_NO_REFERENCED_ROW_2',
    'ER_ROW_IS_REFERENCED_2',
  ].includes(String(code))
}

// Damage behind twinwrite's back, seeded by a rule, so that what must be found is known without looking: rows changed, deleted and added on
// the secondary, and writes past the ORM on the primary.

import type { Side } from '@twinwrite/core'
import type { Place } from './place.ts'

/** Rows of which an order has no positions: it can be deleted by itself. */
const childless = (id: number): boolean => id % 4 === 0

/**
 * Damages orders with ids in (after, upTo] and their positions; nobody else may write these.
 * @param primary the other side follows it
 * @returns `table key kind`, sorted: what a verification must find, all of it and nothing else
 */
export async function damage(
  place: Pick<Place, 'plain'>,
  primary: Side,
  after: number,
  upTo: number,
): Promise<readonly string[]> {
  const plain = (side: Side, sql: string): Promise<void> => insistently(() => place.plain(side, sql))
  // Behind all that counters give out, and another time elsewhere.
  const extra = [1, 2, 3].map((number) => 20_000_000 + after * 10_000 + number)
  const missing = [1, 2].map((number) => 10_000_000 + after * 10_000 + number)
  const secondary: Side = primary === 'source' ? 'target' : 'source'
  const within = (column: string): string => `${column} > ${after} AND ${column} <= ${upTo}`
  const values = (ids: readonly number[]): string => ids.map((id) => `(${id}, 1, true)`).join(', ')
  const insert = (ids: readonly number[]): string =>
    `INSERT INTO orders (id, customer, paid) VALUES ${values(ids)}`
  await plain(secondary, `UPDATE orders SET note = 'damaged' WHERE ${within('id')} AND id % 10 = 1`)
  await plain(secondary, `DELETE FROM positions WHERE ${within('order_id')} AND order_id % 10 = 3`)
  await plain(secondary, `DELETE FROM orders WHERE ${within('id')} AND id % 20 = 4`)
  await plain(secondary, insert(extra))
  await plain(
    secondary,
    `INSERT INTO positions (order_id, place, article, qty) VALUES (${extra[0]}, 1, 'extra', 1)`,
  )
  await plain(primary, `UPDATE orders SET note = 'past the ORM' WHERE ${within('id')} AND id % 50 = 25`)
  await plain(primary, `DELETE FROM orders WHERE ${within('id')} AND id % 100 = 80`)
  await plain(primary, insert(missing))

  const ids = Array.from({ length: upTo - after }, (_, index) => after + 1 + index)
  const where = (test: (id: number) => boolean, text: (id: number) => string): string[] =>
    ids.filter(test).map(text)
  const found = [
    ...where(
      (id) => id % 10 === 1 || id % 50 === 25,
      (id) => `orders ${id} different`,
    ),
    ...where(
      (id) => childless(id) && id % 20 === 4,
      (id) => `orders ${id} missing`,
    ),
    ...where(
      (id) => childless(id) && id % 100 === 80,
      (id) => `orders ${id} extra`,
    ),
    ...ids
      .filter((id) => id % 10 === 3)
      .flatMap((id) => Array.from({ length: id % 4 }, (_, place) => `positions ${id}|${place + 1} missing`)),
    ...extra.map((id) => `orders ${id} extra`),
    `positions ${extra[0]}|1 extra`,
    ...missing.map((id) => `orders ${id} missing`),
  ]
  return found.sort()
}

/** Who writes beside others may be chosen to give way. */
async function insistently(write: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      return void (await write())
    } catch (error) {
      if (!['ER_LOCK_DEADLOCK', '40P01'].includes(String((error as { code?: unknown }).code))) throw error
    }
  }
}

// What people write by hand: both sides' rows as objects of the driver, chunk by chunk, compared as JSON.

import { openSession, type Row, type ServerEngine } from '@twinwrite/testkit'

export interface Place {
  readonly engine: ServerEngine
  readonly url: string
}

const chunk = 1000

/** @returns rows that differ */
export async function naive(source: Place, target: Place): Promise<number> {
  const [left, right] = await Promise.all([
    openSession(source.engine, source.url),
    openSession(target.engine, target.url),
  ])
  let differing = 0
  try {
    for (let after = 0; ;) {
      const page = `SELECT * FROM orders WHERE id > ${after} ORDER BY id LIMIT ${chunk}`
      const [there, here] = await Promise.all([left.query(page), right.query(page)])
      const byId = new Map(here.map((row) => [String(row['id']), row]))
      for (const row of there) {
        const other = byId.get(String(row['id']))
        if (other === undefined || comparable(row) !== comparable(other)) differing++
      }
      if (there.length < chunk) return differing
      after = Number(there.at(-1)!['id'])
    }
  } finally {
    left.close()
    right.close()
  }
}

/** By value: engines write numbers of a document, and documents, in several ways. */
function comparable(row: Row): string {
  return JSON.stringify(
    Object.values(row).map((value) => (typeof value === 'bigint' ? String(value) : value)),
  )
}

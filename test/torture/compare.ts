// The exact comparison at the end, by the raw drivers and not by the code under test.

import { openSession } from '@twinwrite/testkit'
import type { Addresses, SideAddress } from './orm.ts'
import { comparisons } from './schema.ts'

export interface Divergence {
  readonly query: string
  readonly key: string
  readonly source: string | null
  readonly target: string | null
}

/** All rows by key, every value as text. */
async function rowsOf({ engine, url }: SideAddress, sql: string, key: number): Promise<Map<string, string>> {
  const session = await openSession(engine, url)
  try {
    const rows = new Map<string, string>()
    for (const row of await session.query(sql)) {
      const values = Object.values(row).map((value) => (value === null ? null : String(value)))
      rows.set(JSON.stringify(values.slice(0, key)), JSON.stringify(values))
    }
    return rows
  } finally {
    session.close()
  }
}

/** Rows that are not equal, missing or extra; empty when both sides hold exactly the same. */
export async function divergences({ source, target }: Addresses): Promise<Divergence[]> {
  const found: Divergence[] = []
  for (const { key, ...queries } of comparisons) {
    const [left, right] = await Promise.all([
      rowsOf(source, queries.source, key),
      rowsOf(target, queries.target, key),
    ])
    for (const id of new Set([...left.keys(), ...right.keys()])) {
      const row = { source: left.get(id) ?? null, target: right.get(id) ?? null }
      if (row.source !== row.target) found.push({ query: queries.source, key: id, ...row })
    }
  }
  return found
}

export interface Contents {
  /** Of all rows that have one. */
  readonly tokens: readonly string[]
  readonly counted: number
}

export async function contentsOf(source: SideAddress): Promise<Contents> {
  const session = await openSession(source.engine, source.url)
  try {
    const rows = await session.query('SELECT token FROM items UNION ALL SELECT token FROM parts')
    const [sum] = await session.query('SELECT sum(n) AS counted FROM counters')
    return {
      tokens: rows.map((row) => String(row['token'])),
      counted: Number(sum!['counted']),
    }
  } finally {
    session.close()
  }
}

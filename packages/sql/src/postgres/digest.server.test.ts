// The server's hashes of some types leave bits out; a digest must not (W11).

import { describe, expect, it } from 'vitest'
import { testSide } from '../testing/test-side.ts'
import { digest } from './digest.ts'

const traps: readonly (readonly [type: string, left: string, right: string])[] = [
  ['bigint', '1', '4294967296'],
  ['bigint', '-1', '-4294967298'],
  ['numeric', '1.5', '-1.5'],
  ['double precision', '0', '-0'],
  ['real', '0', '-0'],
  ['jsonb', '[1]', '[[[1]]]'],
  ['interval', '1 day', '24 hours'],
  ['timestamp', '2000-01-01 00:00:00.000001', '2000-01-01 01:11:34.967296'],
  ['timestamptz', '2000-01-01 00:00:00.000001Z', '2000-01-01 01:11:34.967296Z'],
  ['time', '00:00:00.000001', '01:11:34.967296'],
  ['float8[]', '{0}', '{-0}'],
  ['text COLLATE folding', 'a', 'A'],
]

describe('the digest of a row', () => {
  it('differs where the server hashes two values alike', async () => {
    const side = await testSide('postgres')
    await side.app.run(
      `CREATE COLLATION folding (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`,
    )
    const columns = traps.map(([type], index) => `c${index} ${type}`)
    await side.app.run(`CREATE TABLE item (id int PRIMARY KEY, ${columns.join(', ')})`)
    for (const place of [1, 2] as const)
      await side.app.run(
        `INSERT INTO item VALUES (${place}, ${traps.map((trap) => `'${trap[place]}'`).join(', ')})`,
      )
    const [table] = await side.use('item')
    const alike = async (row: string): Promise<boolean> => {
      const { rows } = await side.app.run(`SELECT count(DISTINCT ${row}) AS digests FROM item AS t`)
      return String((rows[0] as { digests: unknown }).digests) === '1'
    }
    for (const [index, trap] of traps.entries()) {
      const column = table!.columns[index + 1]!
      expect([trap, await alike(digest.row([digest.part(column, column)!]))]).toEqual([trap, false])
      // Else it would be no trap.
      expect([trap, await alike(`hash_record_extended(ROW(t.c${index}), 0)`)]).toEqual([trap, true])
    }
  })

  it('is none for two types', async () => {
    const side = await testSide('postgres')
    await side.app.run('CREATE TABLE item (id int PRIMARY KEY, big bigint, code varchar(9), name text)')
    const [table] = await side.use('item')
    const [id, big, code, name] = table!.columns
    expect(digest.part(id!, big!)).toBeNull()
    expect(digest.part(code!, name!)).not.toBeNull()
  })
})

// MySQL and MariaDB: keys that the server stores in another form than given. Nobody finds such a row by what was given for
// it, so the statement must not pass as captured.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { itemTables, keyTables } from './schemas.ts'
import { type Twin, twin } from './twin.ts'

const noon = new Date(2024, 4, 6, 12)

describe.each(['mysql', 'mariadb'] as const)('a key that %s rounds', (engine) => {
  let pair: Twin
  beforeAll(async () => {
    pair = await twin(engine, [...itemTables(engine), ...keyTables(engine)])
  })
  afterAll(() => pair.end())

  it.each<[string, unknown[]]>([
    ['INSERT INTO entries VALUES (?, ?, 1)', [1.5, 'q']],
    ['INSERT IGNORE INTO entries VALUES (?, ?, 1)', ['1.5', 'q']],
    ['REPLACE INTO entries VALUES (?, ?, 1), (3, 2, 1)', [1.5, 'q']],
    [`INSERT INTO items (id, code) VALUES (?, 'zz'), (3, 'yy') ON DUPLICATE KEY UPDATE n = 9`, [1.5]],
    [`INSERT IGNORE INTO days VALUES (?, 1, 1)`, [noon]],
    [`REPLACE INTO days VALUES ('2024-05-06', ?, 1)`, ['1.239']],
    [`INSERT IGNORE INTO entries VALUES (?, 'q', 1)`, [99_999_999_999]],
    [`INSERT INTO days VALUES ('2024-05-06', 1, 1), (?, 2, 1) ON DUPLICATE KEY UPDATE n = 5`, [noon]],
  ])('is refused, never lost: %s (W10)', async (sql, bindings) => {
    await pair.wrapped.run(pair.begin)
    await expect(pair.capture(sql, bindings)).rejects.toMatchObject({
      code: 'TW_CAPTURE_REFUSED',
      message: expect.stringContaining('stored in another form than given') as unknown,
    })
    await pair.wrapped.run('ROLLBACK')
  })

  it.each<[string, unknown[]]>([
    [`INSERT IGNORE INTO days VALUES (?, '01.50', 1), ('2024-05-06', 3, 1)`, ['2024-05-07']],
    [
      `INSERT INTO days VALUES ('2024-05-07', '1.5', 1), ('2024-05-08', ?, 1) ON DUPLICATE KEY UPDATE n = 5`,
      [2.5],
    ],
    ['REPLACE INTO entries VALUES (?, ?, 1)', ['07.0', 'q']],
    ['INSERT IGNORE INTO entries VALUES (5, ?, 1), (5, ?, 1), (6, ?, 1)', ['ä', 'ö', 'ä']],
  ])('but one that it only spells otherwise is found: %s (W4)', async (sql, bindings) => {
    const { error, captured, changed } = await pair.write(sql, ...bindings)
    expect(error).toBeUndefined()
    expect(captured).toEqual(changed)
  })
})

// Random writes on a few hot rows, for capture under concurrency.

import type { Engine } from '@twinwrite/testkit'

export interface RandomWrite {
  readonly sql: string
  readonly bindings: readonly unknown[]
}

/** Mulberry32: small, seeded, good enough to pick statements. */
export function seeded(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below)
  }
}

type Pick = (below: number) => number
type Make = (pick: Pick) => RandomWrite

const write = (sql: string, ...bindings: unknown[]): RandomWrite => ({ sql, bindings })
const code = (pick: Pick): string => `k${pick(25)}`
const codes = (pick: Pick): string[] => Array.from({ length: 1 + pick(4) }, () => code(pick))
const values = (rows: readonly unknown[], row: string): string => rows.map(() => row).join(', ')

const common: readonly Make[] = [
  (pick) => write(`INSERT INTO items (code, n) VALUES (?, ?)`, `u${pick(1_000_000)}`, pick(9)),
  (pick) => write(`INSERT INTO items (code, n) VALUES (?, 1), (?, 2)`, code(pick), `u${pick(1_000_000)}`),
  (pick) => write(`UPDATE items SET n = n + 1 WHERE id = ?`, 1 + pick(30)),
  (pick) => write(`UPDATE items SET n = n + 1 WHERE n = ?`, pick(9)),
  (pick) => write(`UPDATE items SET n = ? WHERE code >= ? AND code < ?`, pick(9), code(pick), code(pick)),
  (pick) => write(`UPDATE items SET n = n + 0 WHERE n > ?`, pick(9)),
  (pick) => write(`UPDATE items SET n = 0 WHERE n > ?`, 9 + pick(9)),
  (pick) => write(`UPDATE items SET code = ? WHERE code = ?`, code(pick), code(pick)),
  (pick) => write(`UPDATE items SET id = id + ? WHERE code = ?`, 100_000 + pick(100_000), code(pick)),
  (pick) => write(`UPDATE items SET id = ? WHERE n = ? AND code = ?`, 1 + pick(30), pick(9), code(pick)),
  (pick) => write(`DELETE FROM items WHERE id = ?`, 1 + pick(30)),
  (pick) => write(`DELETE FROM items WHERE n = ?`, pick(30)),
  (pick) => write(`DELETE FROM items WHERE code LIKE ?`, `u${pick(10)}${pick(10)}%`),
  (pick) => write(`DELETE FROM archive WHERE n = ?`, pick(9)),
]

const mysql: readonly Make[] = [
  (pick) => {
    const all = codes(pick)
    return write(`INSERT IGNORE INTO items (code, n) VALUES ${values(all, '(?, 1)')}`, ...all)
  },
  (pick) => {
    const all = codes(pick)
    return write(
      `INSERT INTO items (code, n) VALUES ${values(all, '(?, 1)')} ON DUPLICATE KEY UPDATE n = n + 1`,
      ...all,
    )
  },
  (pick) => {
    const all = codes(pick)
    return write(
      `INSERT INTO items (code, n) VALUES ${values(all, '(?, 1)')} ON DUPLICATE KEY UPDATE n = n`,
      ...all,
    )
  },
  (pick) => {
    const all = codes(pick)
    return write(
      `INSERT INTO items (id, code, n) VALUES ${values(all, '(?, ?, 5)')} ON DUPLICATE KEY UPDATE id = VALUES(id), code = VALUES(code), n = VALUES(n)`,
      ...all.flatMap((one) => [1 + pick(30), one]),
    )
  },
  (pick) => {
    const all = codes(pick)
    return write(`REPLACE INTO items (code, n) VALUES ${values(all, '(?, 3)')}`, ...all)
  },
  (pick) => write(`REPLACE INTO items (id, code, n) VALUES (?, ?, 4)`, 1 + pick(30), code(pick)),
  (pick) =>
    write(
      `INSERT IGNORE INTO items (id, code, n) VALUES (NULL, ?, 1), (?, ?, 2), (0, ?, 3)`,
      code(pick),
      1 + pick(30),
      code(pick),
      code(pick),
    ),
  (pick) => write(`UPDATE items SET n = n + 1 WHERE n > ? ORDER BY n LIMIT 3`, pick(9)),
  (pick) => write(`UPDATE items SET n = n + 1 WHERE n < ? LIMIT 2`, pick(9)),
  (pick) => write(`DELETE FROM items WHERE n > ? ORDER BY n, code LIMIT 2`, pick(9)),
  (pick) =>
    write(`UPDATE items AS i JOIN archive AS a ON a.id = i.id SET i.n = a.n + 1 WHERE a.n < ?`, pick(9)),
  (pick) =>
    write(
      `INSERT IGNORE INTO items (code, n) SELECT CONCAT('s', FLOOR(RAND() * 40)), n FROM items WHERE n = ?`,
      pick(9),
    ),
  (pick) => write(`INSERT IGNORE INTO archive SELECT id, n FROM items WHERE n = ?`, pick(9)),
  (pick) => write(`INSERT INTO archive SELECT id, n FROM items WHERE n > ? ORDER BY n, id LIMIT 3`, pick(9)),
  (pick) => write(`DELETE a FROM archive AS a JOIN items AS i ON i.id = a.id WHERE i.n = ?`, pick(9)),
]

const standard: readonly Make[] = [
  (pick) => {
    const all = [...new Set(codes(pick))]
    return write(
      `INSERT INTO items (code, n) VALUES ${values(all, '(?, 1)')} ON CONFLICT (code) DO UPDATE SET n = items.n + 1`,
      ...all,
    )
  },
  (pick) => {
    const all = codes(pick)
    return write(`INSERT INTO items (code, n) VALUES ${values(all, '(?, 1)')} ON CONFLICT DO NOTHING`, ...all)
  },
  (pick) =>
    write(`UPDATE items SET n = a.n + 1 FROM archive AS a WHERE a.id = items.id AND a.n < ?`, pick(9)),
  (pick) =>
    write(
      `INSERT INTO archive SELECT id, n FROM items WHERE n = ? ON CONFLICT (id) DO UPDATE SET n = excluded.n`,
      pick(9),
    ),
]

const sqlite: readonly Make[] = [
  (pick) => {
    const all = codes(pick)
    return write(`INSERT OR REPLACE INTO items (code, n) VALUES ${values(all, '(?, 3)')}`, ...all)
  },
  (pick) => write(`REPLACE INTO items (id, code, n) VALUES (?, ?, 4)`, 1 + pick(30), code(pick)),
  (pick) => write(`DELETE FROM items WHERE n > ? ORDER BY n, code LIMIT 2`, pick(9)),
]

const byEngine: Record<Engine, readonly Make[]> = {
  postgres: [...common, ...standard],
  mysql: [...common, ...mysql],
  mariadb: [...common, ...mysql],
  sqlite: [...common, ...standard, ...sqlite],
}

export function randomWrite(engine: Engine, pick: Pick): RandomWrite {
  const all = byEngine[engine]
  return all[pick(all.length)]!(pick)
}

// Raw SQL of random programs: what builders do not write, in the words of each engine.

import type { Engine } from '@twinwrite/testkit'
import type { Random } from '../torture/random.ts'
import type { Cell, Raw } from './program.ts'

type Form = (random: Random) => readonly [sql: string, ...bindings: Cell[]]

const n = (random: Random): number => random.below(4)
const id = (random: Random): number => 1 + random.below(10)

const everywhere: readonly Form[] = [
  (random) => ['UPDATE items SET n = n + ? WHERE id = ?', n(random), id(random)],
  (random) => [
    'UPDATE items SET n = ?, name = ? WHERE n = ? AND id > ?',
    n(random),
    'raw',
    n(random),
    id(random),
  ],
  (random) => ['DELETE FROM slots WHERE tenant = ? AND n <> ?', random.below(3), n(random)],
  (random) => ['DELETE FROM pets WHERE id IN (?, ?)', id(random), id(random)],
  (random) => ['DELETE FROM owners WHERE id = ?', 1 + random.below(5)],
  (random) => ['INSERT INTO words VALUES (?, ?)', `w${1 + random.below(6)}`, n(random)],
  (random) => [
    'INSERT INTO slots (sku, tenant, n) VALUES (?, ?, ?), (?, ?, 0)',
    's1',
    n(random),
    1,
    'r',
    n(random),
  ],
  (random) => ['INSERT INTO words SELECT code, n FROM items WHERE n = ?', n(random)],
  (random) => ['UPDATE words SET n = (SELECT count(*) FROM items) WHERE n >= ?', n(random)],
  (random) => [
    'UPDATE pets SET n = 3 WHERE EXISTS (SELECT 1 FROM owners WHERE owners.id = ? AND owners.n > 1)',
    1 + random.below(4),
  ],
  (random) => ['DELETE FROM items WHERE id IN (SELECT n + ? FROM words)', random.below(6)],
  (random) => ['SELECT count(*) AS many, max(n) AS most FROM items WHERE n >= ?', n(random)],
  (random) => ['select id, n from items where n = ? order by id', n(random)],
]

const innodb: readonly Form[] = [
  (random) => ['UPDATE items SET n = ? WHERE n < ? ORDER BY id DESC LIMIT 2', n(random), n(random)],
  (random) => ['DELETE FROM slots WHERE n >= ? ORDER BY tenant, sku LIMIT 1', n(random)],
  (random) => ['INSERT IGNORE INTO words VALUES (?, 1), (?, 2)', 'w1', `w${1 + random.below(6)}`],
  (random) => ['REPLACE INTO words VALUES (?, ?)', `w${1 + random.below(6)}`, n(random)],
  (random) => [
    'INSERT INTO words VALUES (?, ?) ON DUPLICATE KEY UPDATE n = n + VALUES(n)',
    `w${1 + random.below(6)}`,
    n(random),
  ],
  (random) => [
    'INSERT INTO slots SET tenant = ?, sku = ?, n = 1',
    random.below(3),
    `s${1 + random.below(6)}`,
  ],
]

const postgres: readonly Form[] = [
  (random) => ['UPDATE items SET n = ? WHERE id = ? RETURNING id, n', n(random), id(random)],
  (random) => ['DELETE FROM slots WHERE tenant = ? AND sku = ? RETURNING *', random.below(3), 's1'],
  (random) => [
    'INSERT INTO words (word, n) VALUES (?, ?) ON CONFLICT (word) DO UPDATE SET n = words.n + excluded.n RETURNING n',
    `w${1 + random.below(6)}`,
    n(random),
  ],
  (random) => ['INSERT INTO words VALUES (?, 1) ON CONFLICT DO NOTHING', `w${1 + random.below(6)}`],
  (random) => [
    'UPDATE pets SET n = owners.n FROM owners WHERE owners.id = pets."ownerId" AND owners.n > ?',
    n(random),
  ],
  (random) => [
    'DELETE FROM pets USING owners WHERE owners.id = pets."ownerId" AND owners.n = ?',
    1 + n(random),
  ],
]

const sqlite: readonly Form[] = [
  (random) => ['INSERT OR IGNORE INTO words VALUES (?, ?)', `w${1 + random.below(6)}`, n(random)],
  (random) => ['INSERT OR REPLACE INTO words VALUES (?, ?)', `w${1 + random.below(6)}`, n(random)],
  (random) => ['REPLACE INTO slots (tenant, sku, n) VALUES (?, ?, ?)', random.below(3), 's1', n(random)],
  (random) => [
    'INSERT INTO words VALUES (?, ?) ON CONFLICT (word) DO UPDATE SET n = n + excluded.n',
    `w${1 + random.below(6)}`,
    n(random),
  ],
]

const forms: Record<Engine, readonly Form[]> = {
  postgres: [...everywhere, ...postgres],
  mysql: [...everywhere, ...innodb],
  mariadb: [...everywhere, ...innodb],
  sqlite: [...everywhere, ...sqlite],
}

export function rawStatement(engine: Engine, random: Random): Raw {
  const [sql, ...bindings] = random.pick(forms[engine])(random)
  return { do: 'raw', sql, bindings }
}

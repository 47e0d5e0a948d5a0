// Raw SQL of random programs: what builders do not write, in the words of each engine, in the spellings of different authors.

import type { Engine } from '@twinwrite/testkit'
import type { Random } from '../random.ts'
import type { Cell, Raw } from './program.ts'

type Form = (random: Random) => readonly [sql: string, ...bindings: Cell[]]

const n = (random: Random): number => random.below(4)
const id = (random: Random): number => 1 + random.below(10)
const word = (random: Random): string => `w${1 + random.below(6)}`
const sku = (random: Random): string => `s${1 + random.below(6)}`

const everywhere: readonly Form[] = [
  (random) => ['UPDATE items SET n = n + ? WHERE id = ?', n(random), id(random)],
  (random) => [
    'UPDATE items SET n = ?, name = ? WHERE n = ? AND id > ?',
    n(random),
    'raw',
    n(random),
    id(random),
  ],
  (random) => ['UPDATE items SET id = id + 20 WHERE id IN (?, ?)', id(random), id(random)],
  (random) => ['UPDATE slots SET sku = ? WHERE tenant = ? AND sku = ?', sku(random), n(random), sku(random)],
  (random) => ['DELETE FROM slots WHERE tenant = ? AND n <> ?', random.below(3), n(random)],
  (random) => ['DELETE FROM pets WHERE id IN (?, ?)', id(random), id(random)],
  (random) => ['DELETE FROM owners WHERE id = ?', 1 + random.below(5)],
  (random) => ['INSERT INTO words VALUES (?, ?)', word(random), n(random)],
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
  (random) => ['WITH few AS (SELECT id FROM items WHERE n < ?) SELECT count(*) AS many FROM few', n(random)],
]

const innodb: readonly Form[] = [
  (random) => ['UPDATE items SET n = ? WHERE n < ? ORDER BY id DESC LIMIT 2', n(random), n(random)],
  (random) => ['DELETE FROM slots WHERE n >= ? ORDER BY tenant, sku LIMIT 1', n(random)],
  (random) => ['INSERT IGNORE INTO words VALUES (?, 1), (?, 2)', 'w1', word(random)],
  (random) => ['REPLACE INTO words VALUES (?, ?)', word(random), n(random)],
  (random) => [
    'REPLACE INTO owners (id, name, n) VALUES (?, ?, ?)',
    1 + n(random),
    `o${id(random)}`,
    n(random),
  ],
  (random) => ['REPLACE INTO items (id, code, n) VALUES (?, ?, 1)', id(random), `c${id(random)}`],
  (random) => [
    'INSERT INTO words VALUES (?, ?) ON DUPLICATE KEY UPDATE n = n + VALUES(n)',
    word(random),
    n(random),
  ],
  (random) => ['INSERT INTO slots SET tenant = ?, sku = ?, n = 1', random.below(3), sku(random)],
  (random) => [
    'UPDATE pets JOIN owners ON owners.id = pets.ownerId SET pets.name = ?, pets.n = owners.n WHERE owners.id < ?',
    'joined',
    id(random),
  ],
  (random) => [
    'UPDATE pets, owners SET pets.name = ? WHERE owners.id = pets.ownerId AND owners.n = ?',
    null,
    n(random),
  ],
  (random) => ['DELETE pets FROM pets JOIN owners ON owners.id = pets.ownerId WHERE owners.n = ?', n(random)],
  (random) => ['UPDATE IGNORE items SET id = ? WHERE n = ?', id(random), n(random)],
  (random) => ['UPDATE `items` SET `items`.`n` = ? WHERE `items`.`id` = ?', n(random), id(random)],
  (random) => ['INSERT INTO words (word, n) (SELECT name, n FROM owners WHERE n > ?)', n(random)],
]

const mariadb: readonly Form[] = [
  (random) => ['INSERT INTO words (word, n) VALUES (?, ?) RETURNING word, n', word(random), n(random)],
  (random) => ['DELETE FROM slots WHERE tenant = ? RETURNING sku', random.below(3)],
]

const postgres: readonly Form[] = [
  (random) => ['UPDATE items SET n = ? WHERE id = ? RETURNING id, n', n(random), id(random)],
  (random) => ['DELETE FROM slots WHERE tenant = ? AND sku = ? RETURNING *', random.below(3), 's1'],
  (random) => [
    'INSERT INTO words (word, n) VALUES (?, ?) ON CONFLICT (word) DO UPDATE SET n = words.n + excluded.n RETURNING n',
    word(random),
    n(random),
  ],
  (random) => ['INSERT INTO words VALUES (?, 1) ON CONFLICT DO NOTHING', word(random)],
  (random) => [
    'INSERT INTO owners (id, name) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET n = 7 WHERE owners.n > 1',
    id(random),
    `o${id(random)}`,
  ],
  (random) => [
    'UPDATE pets SET n = owners.n FROM owners WHERE owners.id = pets."ownerId" AND owners.n > ?',
    n(random),
  ],
  (random) => [
    'DELETE FROM pets USING owners WHERE owners.id = pets."ownerId" AND owners.n = ?',
    1 + n(random),
  ],
  (random) => ['UPDATE items AS i SET n = i.n + 1 WHERE i.code = ? RETURNING i.*', `c${id(random)}`],
  (random) => ['DELETE FROM "public"."words" AS w WHERE w.word = ?', word(random)],
]

const sqlite: readonly Form[] = [
  (random) => ['INSERT OR IGNORE INTO words VALUES (?, ?)', word(random), n(random)],
  (random) => ['INSERT OR REPLACE INTO words VALUES (?, ?)', word(random), n(random)],
  (random) => ['REPLACE INTO slots (tenant, sku, n) VALUES (?, ?, ?)', random.below(3), 's1', n(random)],
  (random) => ['REPLACE INTO items (id, code, n) VALUES (?, ?, 1)', id(random), `c${id(random)}`],
  (random) => [
    'REPLACE INTO owners (id, name, n) VALUES (?, ?, ?)',
    1 + n(random),
    `o${id(random)}`,
    n(random),
  ],
  (random) => [
    'INSERT INTO words VALUES (?, ?) ON CONFLICT (word) DO UPDATE SET n = n + excluded.n',
    word(random),
    n(random),
  ],
  (random) => ['UPDATE OR IGNORE items SET id = ? WHERE n = ?', id(random), n(random)],
  (random) => [
    'UPDATE pets SET n = owners.n FROM owners WHERE owners.id = pets.ownerId AND owners.n > ?',
    n(random),
  ],
  (random) => ['DELETE FROM slots WHERE tenant = ? RETURNING sku', random.below(3)],
  (random) => ['UPDATE items SET n = n + 1 WHERE n < ? RETURNING id', n(random)],
  (random) => ['DELETE FROM main.words WHERE word = ?', word(random)],
]

const forms: Record<Engine, readonly Form[]> = {
  postgres: [...everywhere, ...postgres],
  mysql: [...everywhere, ...innodb],
  mariadb: [...everywhere, ...innodb, ...mariadb],
  sqlite: [...everywhere, ...sqlite],
}

/** Savepoints by hand; some of these fail, for want of the savepoint. */
const savepoints: readonly string[] = [
  'SAVEPOINT a',
  'SAVEPOINT a',
  'SAVEPOINT b',
  'savepoint "A"',
  'ROLLBACK TO a',
  'ROLLBACK TO SAVEPOINT a',
  'rollback to b',
  'RELEASE SAVEPOINT a',
  'RELEASE SAVEPOINT B',
]

const spellings: readonly ((sql: string) => string)[] = [
  (sql) => `/* app:shop */ ${sql}`,
  (sql) => `${sql};`,
  (sql) => `\n  ${sql}\n`,
  (sql) => `-- made by hand\n${sql}`,
  (sql) => `${sql} -- why not`,
  (sql) => sql.replace(' ', '\t\n '),
]

export function rawStatement(engine: Engine, random: Random, inTransaction: boolean): Raw {
  if (inTransaction && random.chance(0.15)) {
    const text = random.pick(savepoints)
    return { do: 'raw', sql: isQuoting(engine) ? text.replaceAll('"', '`') : text, bindings: [] }
  }
  const [sql, ...bindings] = random.pick(forms[engine])(random)
  return { do: 'raw', sql: random.chance(0.15) ? random.pick(spellings)(sql) : sql, bindings }
}

const isQuoting = (engine: Engine): boolean => engine === 'mysql' || engine === 'mariadb'

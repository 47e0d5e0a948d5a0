// Keys of every kind: texts under their collations, uuids, bytes, composite ones. Parts and chunks are cut in the order of the primary's own
// index, whatever the other side's order is (W12).

import { backfill } from '@twinwrite/backfill'
import type { MigrationConfig, RunningMigration } from '@twinwrite/core'
import { defineMigration } from '@twinwrite/sql'
import { adminQuery, type Engine, freshDatabase, openSession, type ServerEngine } from '@twinwrite/testkit'
import { afterEach, describe, expect, test } from 'vitest'

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const words = [
  'apple',
  'Banana',
  'cherry',
  'Äpfel',
  'zebra',
  'ñandu',
  'éclair',
  'a b',
  'a-b',
  'a_b',
  '~tilde|pipe',
  '10',
  '9',
  'Zoë',
  '日本',
  '🙂',
  `quo'te`,
  'back\\slash',
  'tab\tbed',
]

interface KeyCase {
  readonly name: string
  /** Column types by engine, and what stands in the key of row n as SQL. */
  readonly columns: Partial<Record<ServerEngine, string>>
  readonly key: string
  readonly keys: readonly (readonly string[])[]
}

const texts = words.flatMap((word) => Array.from({ length: 5 }, (_, index) => [`${word} ${index}`]))
const hex = (n: number): string => (n * 2_654_435_761).toString(16).padStart(12, '0').slice(-12)
const uuids = Array.from({ length: 90 }, (_, n) => [`00000000-0000-4000-8000-${hex(n)}`])

const cases: readonly KeyCase[] = [
  {
    name: 'text under the default collation',
    columns: { postgres: 'k text', mysql: 'k varchar(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci' },
    key: 'k',
    keys: texts,
  },
  {
    name: 'text under a binary collation',
    columns: {
      postgres: 'k text COLLATE "C"',
      mysql: 'k varchar(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
    },
    key: 'k',
    keys: texts,
  },
  {
    name: 'uuid',
    columns: { postgres: 'k uuid', mysql: 'k char(36) CHARACTER SET ascii' },
    key: 'k',
    keys: uuids,
  },
  {
    name: 'composite, with text before a number',
    columns: {
      postgres: 'a varchar(60), b int',
      mysql: 'a varchar(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci, b int',
    },
    key: 'a, b',
    keys: words.flatMap((word) => [3, 20, 100].map((number) => [word, String(number)])),
  },
]

const binary: KeyCase = {
  name: 'bytes',
  columns: { postgres: 'k bytea', mysql: 'k varbinary(20)' },
  key: 'k',
  keys: Array.from({ length: 80 }, (_, n) => [hex(n + 1)]),
}

async function opened(
  source: ServerEngine,
  target: ServerEngine,
  { columns, key, keys }: KeyCase,
  isBytes: boolean,
) {
  const databases = { source: await freshDatabase(source), target: await freshDatabase(target) }
  cleanups.push(
    () => databases.source.drop(),
    () => databases.target.drop(),
  )
  for (const [side, engine] of [
    ['source', source],
    ['target', target],
  ] as const) {
    await adminQuery(
      engine,
      databases[side].url,
      `CREATE TABLE things (${columns[engine]}, note varchar(40), PRIMARY KEY (${key}))`,
    )
  }
  const session = await openSession(source, databases.source.url)
  cleanups.push(() => Promise.resolve(session.close()))
  for (const parts of keys) {
    const given = parts.map((part) => literal(source, part, isBytes))
    await session.query(`INSERT INTO things VALUES (${given.join(', ')}, 'n')`)
  }
  const accept = ['k', 'a', 'note']
  const config: MigrationConfig = {
    name: 'keys',
    tables: {
      things:
        source === target ? true : { accept: accept.filter((name) => name === 'note' || key.includes(name)) },
    },
    beatMs: 100,
    leaseMs: 300,
    pollMs: { min: 5, max: 50 },
  }
  const spec = (side: 'source' | 'target', engine: Engine) => ({
    engine,
    connection: databases[side].connection,
  })
  const migration: RunningMigration = defineMigration(config).start({
    source: spec('source', source),
    target: spec('target', target),
  })
  cleanups.push(() => migration.close())
  const rows = async (side: 'source' | 'target'): Promise<string[]> => {
    const engine = side === 'source' ? source : target
    const list = key.split(', ').map((column) => text(engine, column, isBytes))
    const found = await adminQuery(engine, databases[side].url, `SELECT ${list.join(', ')}, note FROM things`)
    return found.map((row) => JSON.stringify(Object.values(row).map(String))).sort()
  }
  return { migration, rows }
}

function literal(engine: ServerEngine, value: string, isBytes: boolean): string {
  if (isBytes) return engine === 'postgres' ? `'\\x${value}'` : `x'${value}'`
  const quoted = value.replaceAll("'", "''")
  return engine === 'postgres' ? `'${quoted}'` : `'${quoted.replaceAll('\\', '\\\\')}'`
}

function text(engine: ServerEngine, column: string, isBytes: boolean): string {
  if (isBytes)
    return engine === 'postgres'
      ? `encode(${column}, 'hex') AS ${column}`
      : `LOWER(HEX(${column})) AS ${column}`
  return engine === 'postgres' ? `${column}::text AS ${column}` : `CAST(${column} AS CHAR) AS ${column}`
}

const pairs = [
  ['postgres', 'postgres'],
  ['mysql', 'mysql'],
  ['mysql', 'postgres'],
] as const

describe.each(pairs)('%s to %s', (source, target) => {
  const fitting = [...cases.filter(({ name }) => source === target || name !== 'uuid'), binary]
  test.each(fitting)('a key of $name is cut into chunks that leave no row out, both ways', async (one) => {
    const { migration, rows } = await opened(source, target, one, one === binary)
    await migration.setStage('source-first')
    for (const way of ['fast', 'live'] as const) {
      const report = await backfill(migration, { way, chunkRows: { min: 3, first: 7, max: 7 } }).done
      expect(report).toMatchObject({ outcome: 'finished', fellBack: null })
      expect(report.tables).toEqual([{ table: 'things', way, rows: one.keys.length }])
      const source = await rows('source')
      expect(source).toHaveLength(one.keys.length)
      expect(await rows('target')).toEqual(source)
    }
  })
})

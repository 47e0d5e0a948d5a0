// How long a scan takes: `node scripts/run.mjs packages/core/src/scan/scan.bench.ts`.

import { Bench } from 'tinybench'
import { scan, scanText, type ScanDialect } from './scan.ts'

const texts: readonly [string, ScanDialect, string][] = [
  [
    'insert, 4 columns',
    'postgres',
    'insert into "users" ("email", "name", "age", "at") values ($1, $2, $3, $4) returning "id"',
  ],
  [
    'upsert, 3 columns',
    'postgres',
    'insert into "users" ("id", "email", "name") values ($1, $2, $3) on conflict ("id") do update set "email" = excluded."email", "name" = excluded."name"',
  ],
  ['update by key', 'mysql', 'update `users` set `name` = ?, `age` = ? where `id` = ?'],
  ['delete by list', 'sqlite', 'delete from "users" where "id" in (?, ?, ?, ?, ?)'],
  ['begin', 'postgres', 'BEGIN;'],
  [
    'select, 12 columns and 2 joins',
    'postgres',
    `SELECT "u"."id" AS "u_id", ${Array.from({ length: 11 }, (_, i) => `"u"."c${i}" AS "u_c${i}"`).join(', ')} FROM "user" "u" LEFT JOIN "post" "p" ON "p"."author" = "u"."id" INNER JOIN "tag" "t" ON "t"."id" = "p"."tag" WHERE "u"."id" = $1 AND "p"."at" > $2 ORDER BY "p"."at" DESC LIMIT 10`,
  ],
  bulk('mysql', 100),
  bulk('postgres', 1000),
  bulk('mysql', 5000),
]

function bulk(dialect: ScanDialect, rows: number): [string, ScanDialect, string] {
  let param = 0
  const marker = () => (dialect === 'postgres' ? `$${++param}` : '?')
  const values = Array.from({ length: rows }, () => `(${[1, 2, 3, 4, 5].map(marker).join(', ')})`).join(', ')
  return [`insert of ${rows} rows of 5`, dialect, `insert into t (a, b, c, d, e) values ${values}`]
}

const bench = new Bench({ time: 400 })
for (const [name, dialect, sql] of texts) {
  bench.add(`${name} (${dialect}, ${sql.length} characters)`, () => scanText(sql, dialect))
}
const [, dialect, sql] = texts[0] as (typeof texts)[number]
bench.add('insert, 4 columns, cached', () => scan(sql, dialect))
await bench.run()

console.table(
  bench.tasks.map(({ name, result }) => {
    if (result.state !== 'completed') return { name, state: result.state }
    const { p50, p99 } = result.latency
    return { name, 'p50 us': (p50 * 1000).toFixed(2), 'p99 us': (p99 * 1000).toFixed(2) }
  }),
)

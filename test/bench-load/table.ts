// The table that loads are measured with: like an order, about 300 bytes a row, one index, bigger than its numbers alone.

import { adminQuery, type ServerEngine } from '@twinwrite/testkit'

export function createTable(engine: ServerEngine): string[] {
  const [json, time, text] =
    engine === 'postgres'
      ? ['jsonb', 'timestamp(3)', 'varchar(400)']
      : ['json', 'datetime(3)', 'varchar(400)']
  return [
    `CREATE TABLE orders (id bigint NOT NULL PRIMARY KEY, customer int NOT NULL, state int NOT NULL, total decimal(12,2) NOT NULL,` +
      ` code varchar(40) NOT NULL, note ${text}, extra ${json}, created ${time} NOT NULL, changed ${time} NOT NULL)` +
      (engine === 'postgres' ? '' : ' DEFAULT CHARSET = utf8mb4'),
    'CREATE INDEX orders_customer ON orders (customer)',
  ]
}

const step = 100_000

export async function fillTable(engine: ServerEngine, url: string, rows: number): Promise<void> {
  for (let from = 1; from <= rows; from += step) {
    await adminQuery(engine, url, insertion(engine, from, Math.min(rows, from + step - 1)))
  }
  await adminQuery(engine, url, engine === 'postgres' ? 'ANALYZE orders' : 'ANALYZE TABLE orders')
}

function insertion(engine: ServerEngine, from: number, to: number): string {
  if (engine === 'postgres') {
    return `INSERT INTO orders SELECT n, n::bigint * 7919 % 50021, n % 5, (n % 100000) / 100.0, 'code-' || n, repeat(md5(n::text), 6),
      jsonb_build_object('channel', n % 3, 'tags', jsonb_build_array('a', n % 17)), timestamp '2024-01-01' + n * interval '1.25 seconds',
      timestamp '2024-06-01' + n * interval '1.5 seconds' FROM generate_series(${from}, ${to}) AS n`
  }
  const digits = Array.from({ length: 10 }, (_, digit) => `SELECT ${digit} AS d`).join(' UNION ALL ')
  const [a, b, c, d, e] = ['a', 'b', 'c', 'd', 'e'].map((name) => `(${digits}) AS ${name}`)
  return `INSERT INTO orders SELECT n, n * 7919 % 50021, n % 5, (n % 100000) / 100, CONCAT('code-', n), REPEAT(SHA2(n, 256), 3),
    JSON_OBJECT('channel', n % 3, 'tags', JSON_ARRAY('a', n % 17)), TIMESTAMPADD(MICROSECOND, n * 1250000, '2024-01-01'),
    TIMESTAMPADD(MICROSECOND, n * 1500000, '2024-06-01')
    FROM (SELECT ${from} + a.d + 10 * b.d + 100 * c.d + 1000 * d.d + 10000 * e.d AS n FROM ${a} CROSS JOIN ${b} CROSS JOIN ${c} CROSS JOIN ${d} CROSS JOIN ${e}) AS s
    WHERE n <= ${to}`
}

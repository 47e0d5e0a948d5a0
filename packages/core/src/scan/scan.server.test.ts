// The four databases as oracles of the scanner: its ranges must be places where a clause can be added, its
// counts the server's counts, and what it calls a read or a write of one table must be that.

import { freshDatabase, type FreshDatabase, type ServerConnection } from '@twinwrite/testkit'
import Database from 'better-sqlite3'
import { createConnection, type ResultSetHeader } from 'mysql2/promise'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { randomSqlTables } from './random-expression.ts'
import { RandomSql, randomSqlSchema } from './random-sql.ts'
import {
  scanText,
  type DeleteScan,
  type InsertScan,
  type Range,
  type ScanDialect,
  type UpdateScan,
} from './scan.ts'

interface Answer {
  /** Rows given back or, without any, changed. */
  readonly rows: number
  /** Columns given back; null when the statement gives no rows. */
  readonly columns: number | null
}

/** A session whose statements all stand in a transaction that is rolled back. */
interface Oracle {
  /** Runs the texts one after the other; the answer to the last, or the message of the first error. */
  attempt(...texts: readonly string[]): Promise<Answer | string>
  close(): Promise<void>
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

async function attempted(
  texts: readonly string[],
  run: (sql: string) => Answer | Promise<Answer>,
  rollback: () => unknown,
) {
  let answer: Answer = { rows: 0, columns: null }
  try {
    for (const sql of texts) answer = await run(sql)
    return answer
  } catch (error) {
    return message(error)
  } finally {
    await rollback()
  }
}

async function postgresOracle(connection: ServerConnection): Promise<Oracle> {
  const client = new Client(connection)
  await client.connect()
  for (const sql of randomSqlSchema('postgres')) await client.query(sql)
  const run = async (sql: string): Promise<Answer> => {
    const result = await client.query<unknown[]>({ text: sql, rowMode: 'array' })
    const columns = result.fields.length > 0 ? result.fields.length : null
    return { rows: result.rowCount ?? 0, columns }
  }
  return {
    attempt: async (...texts) => {
      await client.query('BEGIN')
      return attempted(texts, run, () => client.query('ROLLBACK'))
    },
    close: () => client.end(),
  }
}

async function mysqlOracle(connection: ServerConnection, dialect: ScanDialect): Promise<Oracle> {
  const client = await createConnection(connection)
  for (const sql of randomSqlSchema(dialect)) await client.query(sql)
  const run = async (sql: string): Promise<Answer> => {
    const [rows, fields] = await client.query({ sql, rowsAsArray: true })
    if (Array.isArray(rows)) return { rows: rows.length, columns: (fields as unknown[]).length }
    return { rows: (rows as ResultSetHeader).affectedRows, columns: null }
  }
  return {
    attempt: async (...texts) => {
      await client.query('BEGIN')
      return attempted(texts, run, () => client.query('ROLLBACK'))
    },
    close: () => client.end(),
  }
}

function sqliteOracle(): Oracle {
  const database = new Database(':memory:')
  for (const sql of randomSqlSchema('sqlite')) database.exec(sql)
  const run = (sql: string): Answer => {
    const statement = database.prepare(sql)
    if (!statement.reader) return { rows: statement.run().changes, columns: null }
    return { rows: statement.all().length, columns: statement.columns().length }
  }
  return {
    attempt: async (...texts) => {
      database.exec('BEGIN')
      return attempted(texts, run, () => database.inTransaction && database.exec('ROLLBACK'))
    },
    close: async () => void database.close(),
  }
}

const mysql: readonly string[] = [
  'update t0 join t1 on t0.id = t1.id set t0.b = 7, t1.b = 8 where t1.id < 3',
  'update t0 as x left join (t1 y cross join t0 z) on x.id = y.id and left(y.a, 1) = "o", t1 w set x.b = 7 where w.id = 1',
  'update t0, (select 1 as one) d set t0.b = 9',
  'update low_priority ignore t0 as x force index (primary) set x.b := 5 where x.id = 1 order by x.id limit 1',
  'update t0 straight_join t1 using (id) set t0.b = 7',
  'delete x, t1 from t0 as x join t1 on x.id = t1.id where x.id = 2',
  'delete from x, t1.* using t0 x inner join t1 on x.id = t1.id',
  'delete quick ignore from t0 where id > 1 order by id desc limit 1',
  'insert t0 value (11, default, 1, 1, 1), (12, "x", -1, null, true)',
  'insert into t0 set id = 11, a = concat("a", "b"), t0.b = default',
  'insert into t0 () values ()',
  'insert ignore into t0 (id) select id from t1 join (select 1 as one) d on d.one = 1 on duplicate key update b = values(b)',
  'insert into t0 (id, a) with x as (select 21 as n) select n, "y" from x',
  'insert into t0 (id) (select 22)',
  'replace into t0 (id, a) values (1, "new"), (30, "z")',
  'insert into t0 (t0.id, a) values (1, "b") on duplicate key update a = concat(values(a), "c"), b = 5',
]

/** Statements of shapes that random ones don't have. */
const handwritten: Record<ScanDialect, readonly string[]> = {
  postgres: [
    'update only (t0) set b = 7 where id = 1',
    'update t0 * as x set b = 7 where x.id = 1',
    'update only t0 x set b = 7',
    'update t0 set (b, a) = (select 1, $$x$$) from t1 u join t1 v on u.id = v.id where t0.id = u.id returning u.id, t0.*',
    'update t0 set b = (1 is distinct from 2)::int, a = extract(year from now())::text',
    'delete from only t0 x using t1, (select 1) y where x.id = t1.id returning x.id as returning, 2',
    'with u as (select 1 as n) insert into t0 as w (id) select n + 40 from u',
    'with recursive u (n) as (select 1 union all select n + 1 from u where n < 3), v as materialized (select 2) update t0 set b = n from u where id = n',
    'insert into t0 values (1, default, 3), (50, $q$$$q$, 4) on conflict (id) where true do update set a = excluded.a, b = t0.b + 1 where t0.id > 0',
    'insert into t0 (id) values (51) order by 1 limit 1',
    'insert into t0 (id) (values (52), (53))',
    'insert into t0 table t1 on conflict do nothing',
    'insert into t0 (id) select id + 60 from t1 on conflict on constraint t0_pkey do nothing',
    'insert into t0 default values',
  ],
  sqlite: [
    "update or ignore 't0' as x not indexed set 'b' = 7 from t1 where x.id = t1.id",
    'update t0 set (b, a) = (1, 2) where id = 1 returning id order by id limit 1',
    'delete from [t0] as x not indexed where x.id > 1 returning id order by id desc limit 1',
    'insert or replace into t0 (id) values (1), (70)',
    'replace into main.t0 (id) select id from t1',
    'with u as (select 71 as n) insert into t0 (id) select n from u where true on conflict (id) do nothing',
    'insert into t0 default values',
    'insert into t0 (id) values (72) union select 73',
    'update t0 set b = (id is distinct from 1)',
  ],
  mysql: [
    ...mysql,
    'with x as (select 1 as n) update t0 join x on t0.id = x.n set t0.b = 1',
    'with x as (select 1 as n) delete t0 from t0 join x on t0.id = x.n',
    'delete from t0 as x where x.id = 1',
    'update t0 join json_table("[1]", "$[*]" columns (n int path "$")) as j on t0.id = j.n set b = 4',
    'update t0 join lateral (select 1 as n) as j on t0.id = j.n set b = 4',
    'insert into t0 values row(80, "a", 1, 1, 1), row(81, "b", 1, 1, 1)',
    'insert into t0 (id, a) values (1, "n") as new on duplicate key update a = new.a',
    'insert into t0 (id, a) values (1, "n") as new (i, n) on duplicate key update a = n',
    'insert into t0 table t1 on duplicate key update b = 3',
  ],
  mariadb: [
    ...mysql,
    'delete from t0 where id > 1 order by id desc limit 1 returning id, a',
    'insert into t0 (id) values (90) on duplicate key update b = value(b) returning id',
    'replace into t0 (id) values (1) returning *',
    'insert into t0 (id) select 91 returning id',
  ],
}

const dialects: readonly ScanDialect[] = ['postgres', 'mysql', 'mariadb', 'sqlite']

describe.each(dialects)('the scanner against %s', (dialect) => {
  let database: FreshDatabase | null = null
  let oracle: Oracle

  beforeAll(async () => {
    if (dialect === 'sqlite') oracle = sqliteOracle()
    else {
      const fresh = await freshDatabase(dialect)
      database = fresh
      oracle = await (dialect === 'postgres'
        ? postgresOracle(fresh.connection)
        : mysqlOracle(fresh.connection, dialect))
    }
  })

  afterAll(async () => {
    await oracle?.close()
    await database?.drop()
  })

  it('counts the columns of a list as the server does, whatever strings and comments stand in it', async () => {
    const random = new RandomSql(dialect, 11)
    const wrong: string[] = []
    for (let round = 0; round < 600; round++) {
      const items = Array.from({ length: 1 + random.int(5) }, () =>
        random.chance(50) ? random.text(3) : random.int4(3),
      )
      const list = random
        .join(items.flatMap((item, index) => (index === 0 ? item : [',', ...item])))
        .replace(/[ ;]+$|-- end$/, '')
      const answer = await oracle.attempt(`select ${list}\n from t1`)
      if (typeof answer === 'string') {
        wrong.push(`${answer}: ${list}`)
        continue
      }
      const scan = scanText(`insert into t1 values (${list}\n)`, dialect)
      const cells =
        scan.kind === 'insert' && scan.source.type === 'values' ? scan.source.rows[0]?.length : scan.kind
      if (cells !== answer.columns) wrong.push(`${cells} instead of ${answer.columns}: ${list}`)
    }
    expect(wrong).toEqual([])
  })

  it('gives ranges in which RETURNING and conditions can be added without changing what happens', async () => {
    const wrong: string[] = []
    let compared = 0
    for (let seed = 1; seed <= 800; seed++) {
      const { sql } = new RandomSql(dialect, seed).statement()
      const plain = await oracle.attempt(sql)
      if (typeof plain === 'string') continue
      const scan = scanText(sql, dialect)
      if (scan.kind !== 'insert' && scan.kind !== 'update' && scan.kind !== 'delete') continue
      compared++
      for (const { text, expected } of variants(sql, scan, plain)) {
        const answer = await oracle.attempt(text)
        const same = typeof answer !== 'string' && alike(answer, expected, dialect)
        if (!same) wrong.push(`${JSON.stringify(answer)} instead of ${JSON.stringify(expected)}: ${text}`)
      }
    }
    expect(wrong).toEqual([])
    expect(compared).toBeGreaterThan(300)
  })

  it.each(handwritten[dialect])('knows what the server runs: %s', async (sql) => {
    const plain = await oracle.attempt(sql)
    if (typeof plain === 'string') throw new Error(plain)
    const scan = scanText(sql, dialect)
    if (scan.kind !== 'insert' && scan.kind !== 'update' && scan.kind !== 'delete')
      throw new Error(JSON.stringify(scan))
    for (const { text, expected } of variants(sql, scan, plain)) {
      const answer = await oracle.attempt(text)
      const same = typeof answer !== 'string' && alike(answer, expected, dialect)
      expect(same, `${JSON.stringify(answer)} instead of ${JSON.stringify(expected)}: ${text}`).toBe(true)
    }
  })

  it('never calls a statement a read, or a write of another table, when the server then finds rows changed (W10)', async () => {
    const contents = randomSqlTables.map((table) => contentsOf(dialect, table))
    const before: string[] = []
    for (const query of contents) before.push(JSON.stringify(await oracle.attempt(query)))
    const wrong: string[] = []
    let ran = 0
    for (let seed = 1; seed <= 2500; seed++) {
      const random = new RandomSql(dialect, seed)
      const sql = random.mutate(random.statement().parts)
      const scan = scanText(sql, dialect)
      // A transaction of its own would defeat the rollback; the scanner knows these words when they come first.
      if (scan.kind === 'commit' || scan.kind === 'begin') continue
      for (const [index, table] of randomSqlTables.entries()) {
        const changed = await differs(sql, contents[index] as string, before[index] as string)
        if (changed === null) break
        ran++
        const writes = scan.kind === 'insert' || scan.kind === 'update' || scan.kind === 'delete'
        const told = scan.kind === 'opaque' || (writes && scan.table.name.toLowerCase() === table)
        if (changed && !told) wrong.push(`${scan.kind}: ${sql}`)
      }
    }
    expect(wrong).toEqual([])
    expect(ran).toBeGreaterThan(100)
  })

  /** Whether the statement changes what `query` gives; null when the server rejects the statement. */
  async function differs(sql: string, query: string, before: string): Promise<boolean | null> {
    const alone = await oracle.attempt(sql)
    if (typeof alone === 'string') return null
    return JSON.stringify(await oracle.attempt(sql, query)) !== before
  }
})

/** A query whose number of rows changes with the table's contents: the untouched rows of the schema. */
function contentsOf(dialect: ScanDialect, table: string): string {
  const quote = dialect === 'mysql' || dialect === 'mariadb' ? '`' : '"'
  const name = quote + table + quote
  const select = `${quote}select${quote}`
  const kept = `(id = 1 and a = 'one' and b = 1 and ${select} = 1) or (id = 2 and a = 'two' and b = 2 and ${select} = 2) or (id = 3 and a = 'three' and b = 3 and ${select} = 3)`
  return `select 1 from ${name} where ${kept} union all select 2 from ${name}`
}

function alike(answer: Answer, expected: Answer, dialect: ScanDialect): boolean {
  if (answer.rows !== expected.rows) return false
  // MariaDB answers without a result set, in spite of RETURNING, when it sees that no row can match.
  return answer.columns === expected.columns || (dialect === 'mariadb' && answer.rows === 0)
}

interface Variant {
  readonly text: string
  readonly expected: Answer
}

function variants(sql: string, scan: InsertScan | UpdateScan | DeleteScan, plain: Answer): Variant[] {
  const found: Variant[] = []
  const splice = ({ start, end }: Range, text: string) => sql.slice(0, start) + text + sql.slice(end)
  const at = (offset: number) => ({ start: offset, end: offset })
  if (scan.returning !== null) {
    const { listRange } = scan.returning
    const more = plain.columns === null ? null : plain.columns + 1
    found.push({ text: splice(at(listRange.end), ', 1'), expected: { rows: plain.rows, columns: more } })
  } else if (canReturn(scan)) {
    const text = splice(at(scan.insertReturningAt), ' RETURNING 1, 2')
    // SQLite and MariaDB count changed rows, PostgreSQL and RETURNING the rows touched: equal here.
    found.push({ text, expected: { rows: plain.rows, columns: 2 } })
  }
  if (scan.kind === 'insert') return found
  const { where, whereAt } = scan
  const pinned = (condition: string) =>
    where === null
      ? splice(at(whereAt), ` WHERE ${condition}`)
      : splice(where, `(${sql.slice(where.start, where.end)}) AND ${condition}`)
  found.push({ text: pinned('1=1'), expected: plain })
  found.push({ text: pinned('1=0'), expected: { rows: 0, columns: plain.columns } })
  return found
}

/** Whether the dialect has RETURNING for the statement, with one row for each that counts as changed. */
function canReturn(scan: InsertScan | UpdateScan | DeleteScan): boolean {
  if (scan.dialect === 'mysql') return false
  if (scan.dialect === 'mariadb')
    return (
      (scan.kind === 'delete' && !scan.multiTable) ||
      (scan.kind === 'insert' && scan.onDuplicate === null && scan.verb === 'insert')
    )
  return true
}

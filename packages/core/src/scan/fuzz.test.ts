import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RandomSql, type WrittenFacts } from './random-sql.ts'
import { lex } from './lexer.ts'
import { keyPredicate, scanText, splitStatements, type Range, type Scan, type ScanDialect } from './scan.ts'
import { Tokens } from './token.ts'

const dialects: readonly ScanDialect[] = ['postgres', 'mysql', 'mariadb', 'sqlite']

/** All ranges anywhere in a value. */
function ranges(value: unknown): Range[] {
  if (value === null || typeof value !== 'object') return []
  if ('start' in value && 'end' in value) return [value as Range]
  return Object.values(value).flatMap(ranges)
}

/** What is wrong with the ranges of a scan: each must go from the start of a token to the end of one. */
function faults(sql: string, dialect: ScanDialect, scan: Scan): string[] {
  const tokens = new Tokens()
  if (lex(sql, dialect, tokens) !== null) return []
  const starts = new Set(tokens.start.subarray(0, tokens.count))
  const ends = new Set(tokens.end.subarray(0, tokens.count))
  const wrong = ranges(scan).filter(({ start, end }) => start >= end || !starts.has(start) || !ends.has(end))
  const offsets = 'insertReturningAt' in scan ? [scan.insertReturningAt] : []
  if ('whereAt' in scan) offsets.push(scan.whereAt)
  return [
    ...wrong.map((range) => JSON.stringify(range)),
    ...offsets.filter((at) => !ends.has(at)).map(String),
  ]
}

const words =
  `select insert into update delete from where set values value default with recursive as on conflict duplicate key do
  nothing returning using join left inner only limit order by and or not between case when end in null ignore replace
  t u id a begin commit rollback savepoint release transaction work to isolation level read committed explain analyze create
  table alter rename drop trigger truncate merge for share lock pragma row partition 1 -2 .5 'x' "y" \`z\` [w] E'q' $1 ? ?2 :n @v $$d$$ ( ) ,
  ; . = < :: || /*c*/ --c\n #c\n /*!x*/ * + [ ] only index current of`.split(/[ \n]+/)

const soup = fc.array(fc.constantFrom(...words), { maxLength: 40 }).map((list) => list.join(' '))
const head = fc.constantFrom(
  'insert into t ',
  'update t set ',
  'delete from t ',
  'update t set a = 1 where ',
  'insert into t values ',
  'with x as (',
  'set ',
  'select ',
  'create ',
  'explain ',
)
const likely = fc.tuple(head, soup).map(([start, rest]) => start + rest)
const anything = fc.string({ unit: 'binary', maxLength: 60 })

describe.each(dialects)('the %s scanner', { timeout: 60_000 }, (dialect) => {
  it('never throws and gives only ranges that are whole tokens, on any text', () => {
    fc.assert(
      fc.property(fc.oneof(soup, likely, likely, anything), (sql) => {
        const scan = scanText(sql, dialect)
        expect(faults(sql, dialect, scan)).toEqual([])
        if (scan.kind === 'update' || scan.kind === 'delete') keyPredicate(scan, ['id'])
        for (const { start, end } of splitStatements(sql, dialect)) {
          expect(start).toBeGreaterThanOrEqual(0)
          expect(end).toBeLessThanOrEqual(sql.length)
        }
      }),
      { numRuns: 4000 },
    )
  })

  it('finds in random statements exactly what was written into them', () => {
    for (let seed = 1; seed <= 4000; seed++) {
      const { sql, facts } = new RandomSql(dialect, seed).statement()
      const scan = scanText(sql, dialect)
      expect(factsOf(scan), `seed ${seed}: ${sql}`).toEqual(
        scan.kind === 'read' ? { kind: facts.kind } : lowered(facts),
      )
      expect(faults(sql, dialect, scan), `seed ${seed}: ${sql}`).toEqual([])
    }
  })

  it('never throws on mutated statements', () => {
    for (let seed = 1; seed <= 4000; seed++) {
      const random = new RandomSql(dialect, seed)
      const sql = random.mutate(random.statement().parts)
      expect(faults(sql, dialect, scanText(sql, dialect)), `seed ${seed}: ${sql}`).toEqual([])
    }
  })

  it('takes time in proportion to the length, on nested and on unfinished texts too', () => {
    const long = 200_000
    const texts = [
      '('.repeat(long),
      `select ${'('.repeat(long)}1${')'.repeat(long)}`,
      `delete from t where ${'('.repeat(long)}a = 1${')'.repeat(long)}`,
      `delete from t where ${'a = 1 and '.repeat(long / 10)}b = 2`,
      `insert into t values ${'(1),'.repeat(long / 4)}(1)`,
      `update t set ${'a = 1,'.repeat(long / 6)}b = 2`,
      '/*'.repeat(long),
      '--\n'.repeat(long),
      "'\n".repeat(long),
      '$a$ $b$ '.repeat(long / 8),
      `select '${"''".repeat(long)}`,
      ';'.repeat(long),
      'select 1;'.repeat(long / 90),
      `select * from ${'t on conflict '.repeat(long / 14)}`,
      `insert into t select * from ${'t join u on '.repeat(long / 12)} 1`,
    ]
    const slow = texts.filter((sql) => {
      const began = performance.now()
      scanText(sql, dialect)
      return performance.now() - began > 5000
    })
    expect(slow.map((sql) => sql.slice(0, 40))).toEqual([])
  })
})

function lowered({ table, columns, assigned, ...rest }: WrittenFacts): WrittenFacts {
  const lower = (names: readonly string[]) => names.map((name) => name.toLowerCase())
  return {
    ...rest,
    table: table.toLowerCase(),
    columns: columns && lower(columns),
    assigned: lower(assigned),
  }
}

function factsOf(scan: Scan): WrittenFacts | { kind: string } {
  if (scan.kind !== 'insert' && scan.kind !== 'update' && scan.kind !== 'delete') return { kind: scan.kind }
  const insert = scan.kind === 'insert' ? scan : null
  const rest = scan.kind === 'insert' ? null : scan
  const joined = scan.kind === 'update' ? scan.from : scan.kind === 'delete' ? scan.using : null
  const upsert = insert?.onConflict ?? insert?.onDuplicate
  return lowered({
    kind: scan.kind,
    table: scan.table.name,
    alias: scan.alias,
    columns: insert?.columns?.map((column) => column.name) ?? null,
    cells: insert?.source.type === 'values' ? insert.source.rows.map((row) => row.length) : null,
    conflict: insert?.onConflict?.action ?? (insert?.onDuplicate ? 'duplicate' : null),
    assigned: (scan.kind === 'update' ? scan.assignments : (upsert?.assignments ?? [])).map(
      (item) => item.column,
    ),
    where: rest !== null && rest.where !== null,
    joined: joined !== null,
    limit: rest !== null && rest.limit !== null,
    returning: scan.returning?.items.length ?? null,
  })
}

// PostgreSQL's own parser (libpg-query 18) as oracle for the scanner.
// Known difference, asserted below: it rejects a line comment inside of a continued string, which
// PostgreSQL 15 runs.

import { loadModule, parseSync } from 'libpg-query'
import { beforeAll, expect, it } from 'vitest'
import { RandomSql } from './random-sql.ts'
import { scanText, type Scan } from './scan.ts'

beforeAll(() => loadModule())

/** The facts that both sides are asked for. */
interface Facts {
  readonly kind: string
  readonly schema: string | null
  readonly table: string
  readonly alias: string | null
  readonly columns: readonly string[] | null
  /** Cells per row of VALUES; `query` for SELECT and its kin. */
  readonly rows: readonly number[] | 'query' | null
  readonly conflict: string | null
  readonly assigned: readonly string[]
  readonly conflictWhere: boolean
  readonly where: boolean
  readonly joined: boolean
  readonly returning: number | null
}

type Json = null | string | number | boolean | Json[] | { [name: string]: Json }

/** The value at a path of a parse tree. */
function at(value: Json | undefined, ...path: (string | number)[]): Json | undefined {
  return path.reduce<Json | undefined>((node, step) => {
    if (node === null || typeof node !== 'object') return undefined
    return Array.isArray(node) ? node[Number(step)] : node[step]
  }, value)
}

function list(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : []
}

function text(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null
}

const nestedWrite = /"ctequery":\{"(?:Insert|Update|Delete|Merge)Stmt"/

/**
 * What libpg-query finds; a string where the text is no plain INSERT, UPDATE or DELETE; null on a syntax
 * error.
 */
function oracle(sql: string): Facts | string | null {
  let statements: Json[]
  try {
    statements = list(at(JSON.parse(JSON.stringify(parseSync(sql))) as Json, 'stmts'))
  } catch {
    return null
  }
  if (statements.length !== 1) return statements.length === 0 ? 'empty' : 'several'
  const tree = at(statements[0], 'stmt')
  const [type, body] = Object.entries(tree as Record<string, Json>)[0] ?? ['', null]
  if (nestedWrite.test(JSON.stringify(body))) return 'nested'
  if (type === 'SelectStmt') return JSON.stringify(body).includes('"intoClause"') ? 'into' : 'read'
  if (type !== 'InsertStmt' && type !== 'UpdateStmt' && type !== 'DeleteStmt') return type
  const select = at(body, 'selectStmt', 'SelectStmt')
  const rows = at(select, 'valuesLists')
  const clauses = ['sortClause', 'limitCount', 'limitOffset', 'lockingClause']
  const plainValues = rows !== undefined && clauses.every((clause) => at(select, clause) === undefined)
  const conflict = at(body, 'onConflictClause')
  const names = (targets: Json | undefined) =>
    list(targets).map((target) => text(at(target, 'ResTarget', 'name')) ?? '')
  const columns = type === 'InsertStmt' && at(body, 'cols') !== undefined ? names(at(body, 'cols')) : null
  const returning = at(body, 'returningList') ?? at(body, 'returningClause', 'exprs')
  return {
    kind: type.slice(0, 6).toLowerCase(),
    schema: text(at(body, 'relation', 'schemaname')),
    table: text(at(body, 'relation', 'relname')) ?? '',
    alias: text(at(body, 'relation', 'alias', 'aliasname')),
    columns,
    rows: plainValues
      ? list(rows).map((row) => list(at(row, 'List', 'items')).length)
      : select === undefined
        ? null
        : 'query',
    conflict:
      conflict === undefined ? null : at(conflict, 'action') === 'ONCONFLICT_NOTHING' ? 'nothing' : 'update',
    assigned: names(type === 'UpdateStmt' ? at(body, 'targetList') : at(conflict, 'targetList')),
    conflictWhere: at(conflict, 'whereClause') !== undefined,
    where: at(body, 'whereClause') !== undefined,
    joined: at(body, 'fromClause') !== undefined || at(body, 'usingClause') !== undefined,
    returning: returning === undefined ? null : list(returning).length,
  }
}

function found(scan: Scan): Facts | string {
  if (scan.kind !== 'insert' && scan.kind !== 'update' && scan.kind !== 'delete') return scan.kind
  const insert = scan.kind === 'insert' ? scan : null
  const source = insert?.source
  return {
    kind: scan.kind,
    schema: scan.table.schema,
    table: scan.table.name,
    alias: scan.alias,
    columns: insert?.columns?.map((column) => column.name) ?? null,
    rows:
      source?.type === 'values'
        ? source.rows.map((row) => row.length)
        : source?.type === 'select'
          ? 'query'
          : null,
    conflict: insert?.onConflict?.action ?? null,
    assigned: (scan.kind === 'update' ? scan.assignments : (insert?.onConflict?.assignments ?? [])).map(
      (item) => item.column,
    ),
    conflictWhere: insert !== null && insert.onConflict !== null && insert.onConflict.where !== null,
    where: scan.kind !== 'insert' && scan.where !== null,
    joined: scan.kind === 'update' ? scan.from !== null : scan.kind === 'delete' && scan.using !== null,
    returning: scan.returning?.items.length ?? null,
  }
}

const kinds: Record<string, string> = { empty: 'read', ExplainStmt: 'read', VariableSetStmt: 'set' }
const commentInString = /' -- it''s\n\s*'/

it('finds in random PostgreSQL statements what PostgreSQL itself finds', { timeout: 60_000 }, () => {
  let compared = 0
  const rejected: string[] = []
  for (let seed = 1; seed <= 6000; seed++) {
    const { sql } = new RandomSql('postgres', seed).statement()
    const truth = oracle(sql)
    if (truth === null) {
      rejected.push(sql)
      continue
    }
    compared++
    expect(found(scanText(sql, 'postgres')), `seed ${seed}: ${sql}`).toEqual(truth)
  }
  expect(rejected.filter((sql) => !commentInString.test(sql))).toEqual([])
  expect(compared).toBeGreaterThan(4500)
})

it(
  'never mistakes a mutated statement for another one: equal facts or opaque (W10)',
  { timeout: 60_000 },
  () => {
    let agreed = 0
    let refused = 0
    for (let seed = 1; seed <= 30_000; seed++) {
      const random = new RandomSql('postgres', seed)
      const sql = random.mutate(random.statement().parts)
      const truth = oracle(sql)
      if (truth === null) continue
      const scan = scanText(sql, 'postgres')
      if (scan.kind === 'opaque') {
        refused++
        continue
      }
      agreed++
      const expected = typeof truth === 'string' ? (kinds[truth] ?? truth) : truth
      expect(found(scan), `seed ${seed}: ${sql}`).toEqual(expected)
    }
    expect(agreed).toBeGreaterThan(1500)
    // Some mutants really are several statements or nested writes; most others must not be refused.
    expect(refused).toBeLessThan(agreed / 20)
  },
)

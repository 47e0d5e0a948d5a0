// What capture sends for a statement, without a server: rewritten texts, their bindings, and refusals before anything is sent.

import { defaultNaming, sqlDialect } from '@twinwrite/sql'
import { describe, expect, it } from 'vitest'
import { capture, type CaptureSide } from '../../packages/core/src/capture/capture.ts'
import { planOf } from '../../packages/core/src/capture/plan-of.ts'
import type { NativeConnection } from '../../packages/core/src/capture/native-connection.ts'
import { pgResponse } from '../../packages/core/src/capture/response-pg.ts'
import { SqlText } from '../../packages/core/src/capture/sql-text.ts'
import type { Column, EngineName, ForeignKey } from '../../packages/core/src/catalog.ts'
import type { SideTable } from '../../packages/core/src/mapping/side-table.ts'
import { scan } from '../../packages/core/src/scan/scan.ts'
import type { Statement } from '../../packages/core/src/statement.ts'
import type { WriteScan } from '../../packages/core/src/write/write-side.ts'

const naming = { migration: 'unit', ...defaultNaming }

function column(name: string, over: Partial<Column> = {}): Column {
  return {
    name,
    type: 'bigint',
    kind: 'integer',
    nullable: false,
    generated: false,
    counter: false,
    identityAlways: false,
    hasDefault: false,
    range: { min: '-9223372036854775808', max: '9223372036854775807' },
    length: null,
    precision: null,
    scale: null,
    foldsText: false,
    labels: null,
    ...over,
  }
}

function table(
  name: string,
  key: Column[],
  others: Column[],
  more: Partial<SideTable['table']> = {},
): SideTable {
  const columns = [...key, ...others]
  return {
    mapping: name,
    columns,
    key,
    table: {
      schema: null,
      inSchema: null,
      name,
      columns,
      key: key.map((one) => one.name),
      uniques: [],
      foreignKeys: [],
      referencedBy: [],
      triggers: [],
      writableThrough: [],
      ...more,
    },
  }
}

function side(engine: EngineName, ...tables: SideTable[]): CaptureSide {
  const find: CaptureSide['find'] = ({ name }) => tables.find((one) => one.table.name === name)
  return { dialect: sqlDialect(engine, naming), tables, find, through: () => [] }
}

const items = table('items', [column('id', { counter: true })], [column('n')])
const pairs = table('pairs', [column('a'), column('b')], [column('n')])

/** A connection that records what is sent and answers with no rows. */
function recorded() {
  const sent: Statement[] = []
  const answer = { command: null, rowCount: 0, oid: null, rows: [], fields: [] }
  const own = (statement: Statement): Promise<unknown> => {
    sent.push(statement)
    return Promise.resolve({ ...answer, rows: [], fields: [] })
  }
  const native: NativeConnection<unknown> = {
    shape: pgResponse,
    own,
    discard: () => undefined,
  }
  return { sent, native, run: own }
}

async function sentFor(on: CaptureSide, sql: string, bindings: unknown[] = []): Promise<Statement[]> {
  const { sent, native, run } = recorded()
  const request = { side: on, connection: native, call: { sql, bindings, run } }
  await capture(request, scan(sql, on.dialect.engine) as WriteScan)
  return sent
}

describe('plans', () => {
  it('are made once per scan and side', () => {
    const on = side('postgres', items)
    const { native, run } = recorded()
    const request = { side: on, connection: native, call: { sql: 'DELETE FROM items', bindings: [], run } }
    const found = scan('DELETE FROM items', 'postgres') as WriteScan
    expect(planOf(request, found)).toBe(planOf(request, found))
    expect(planOf({ ...request, side: side('postgres', items) }, found)).not.toBe(planOf(request, found))
  })

  it('keep what stands behind a statement, which differs from call to call', async () => {
    const on = side('postgres', items)
    for (const trace of ['/* a=1 */', '/* a=22 */']) {
      const [sent] = await sentFor(on, `UPDATE items SET n = $1 WHERE id = $2 ${trace}`, [1, 2])
      expect(sent!.sql).toBe(
        `UPDATE items SET n = $1 WHERE id = $2 RETURNING ("id")::text AS "_tw_k0" ${trace}`,
      )
    }
  })

  it('number parameters of a read anew, and those of the bound statement behind its own', async () => {
    const on = side('postgres', pairs)
    const sql = `UPDATE pairs SET n = $1, a = $2 WHERE n = $3 AND b = $3`
    const [read, bound] = await sentFor(on, sql, [10, 20, 30])
    expect(read!.sql).toMatch(/WHERE n = \$1 AND b = \$1 FOR UPDATE$/)
    expect(read!.bindings).toEqual([30])
    expect(bound!.sql).toMatch(
      /^UPDATE pairs SET n = \$1, a = \$2 WHERE \(n = \$3 AND b = \$3\) AND \((\S+) IS DISTINCT FROM \1\) RETURNING /,
    )
    expect(bound!.bindings).toEqual([10, 20, 30])
  })

  it('leave a key alone that is written back, whatever the spelling of the parameters', async () => {
    const on = side('postgres', items)
    const sql = `UPDATE items SET id = $1, n = $2 WHERE id = $3`
    expect(await sentFor(on, sql, [7, 1, '7'])).toHaveLength(1)
    expect(await sentFor(on, sql, [7, 1, 8])).toHaveLength(2)
  })

  it('fold only what is done in one statement', () => {
    const { native, run } = recorded()
    const folds = (on: CaptureSide, sql: string): boolean => {
      const request = { side: on, connection: native, call: { sql, bindings: [], run } }
      return planOf(request, scan(sql, on.dialect.engine) as WriteScan).fold(request, 1) !== null
    }
    expect(folds(side('postgres', items), 'UPDATE items SET n = 1')).toBe(true)
    expect(folds(side('postgres', items), 'UPDATE items SET id = 1')).toBe(false)
    expect(folds(side('postgres', items), 'UPDATE others SET id = 1')).toBe(false)
    expect(folds(side('sqlite', items), 'UPDATE items SET n = 1')).toBe(false)
    const float = table('items', [column('id', { kind: 'float64' })], [column('n')])
    expect(folds(side('postgres', float), 'UPDATE items SET n = 1')).toBe(false)
  })
})

const foreignKey = (over: Partial<ForeignKey>): ForeignKey => ({
  name: 'child_parent',
  child: { schema: null, name: 'child' },
  childColumns: ['id'],
  parent: { schema: null, name: 'parent' },
  parentColumns: ['id'],
  onDelete: 'no action',
  onUpdate: 'no action',
  ...over,
})

describe('refusals name table and construct before anything is sent (W10)', () => {
  const unique = table('items', [column('id', { counter: true })], [column('code')], {
    uniques: [{ name: 'items_code', columns: ['code'] }],
  })
  const partial = table('items', [column('id')], [column('code')], {
    uniques: [{ name: 'part', columns: null }],
  })
  const defaulted = table('items', [column('id', { hasDefault: true })], [column('n')])
  const parent = table('parent', [column('id')], [column('n')], {
    referencedBy: [foreignKey({ onDelete: 'set default' })],
  })
  const child = table('child', [column('id')], [])

  it.each<[string, CaptureSide, string, RegExp]>([
    [
      'an upsert of the key',
      side('postgres', unique),
      `INSERT INTO items (id) VALUES (1) ON CONFLICT (code) DO UPDATE SET id = excluded.id`,
      /"id".*"items"/,
    ],
    [
      'an upsert of the key to a value',
      side('sqlite', unique),
      `INSERT INTO items (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET id = 5`,
      /"id"/,
    ],
    ['OR FAIL', side('sqlite', items), `INSERT OR FAIL INTO items (n) VALUES (1)`, /OR FAIL/],
    ['OR ROLLBACK', side('sqlite', items), `UPDATE OR ROLLBACK items SET n = 1`, /OR ROLLBACK/],
    [
      'OR REPLACE of a unique column',
      side('sqlite', unique),
      `UPDATE OR REPLACE items SET code = 1`,
      /UPDATE OR REPLACE/,
    ],
    [
      'random conditions before a key change',
      side('sqlite', items),
      `UPDATE items SET id = id + 1 WHERE random() > 0`,
      /random/,
    ],
    [
      'a cursor before a key change',
      side('postgres', items),
      `UPDATE items SET id = 5 WHERE CURRENT OF c`,
      /CURRENT OF/,
    ],
    [
      'REPLACE with a unique expression',
      side('sqlite', partial),
      `REPLACE INTO items (id, code) VALUES (1, 2)`,
      /"part"/,
    ],
    [
      'ON DUPLICATE KEY with a unique expression',
      side('mysql', partial),
      `INSERT INTO items (id, code) VALUES (1, 2) ON DUPLICATE KEY UPDATE code = 3`,
      /"part"/,
    ],
    [
      'a key left to its default',
      side('mysql', defaulted),
      `INSERT INTO items (n) VALUES (1)`,
      /"id".*default/,
    ],
    ['a key given as NULL', side('mysql', pairs), `INSERT INTO pairs (a, b) VALUES (1, NULL)`, /"b".*NULL/],
    [
      'a selected key left to its default',
      side('mariadb', defaulted),
      `INSERT INTO items (n) SELECT 1`,
      /"id".*default/,
    ],
    [
      'an action that sets keys to a default',
      side('postgres', parent, child),
      `DELETE FROM parent WHERE id = 1`,
      /child_parent/,
    ],
    ['PARTITION', side('mysql', items), `DELETE FROM items PARTITION (p0) WHERE n = 1`, /PARTITION/],
    [
      'a key set from what was set before',
      side('mysql', items),
      `UPDATE items SET n = 5, id = n`,
      /set before/,
    ],
    [
      'a key set to something unsteady',
      side('mysql', items),
      `UPDATE items SET id = FLOOR(RAND() * 100)`,
      /RAND/,
    ],
  ])('%s', async (_, on, sql, message) => {
    const error: unknown = await sentFor(on, sql).then(
      (sent) => sent,
      (thrown: unknown) => thrown,
    )
    expect(error).toMatchObject({ code: 'TW_CAPTURE_REFUSED', primary: 'untouched' })
    expect(String(error)).toMatch(message)
  })
})

describe('SqlText', () => {
  const { dialect } = side('postgres', items)

  it('tells where its text came from', () => {
    const sql = `UPDATE t SET a = $1 WHERE b = $2`
    const { placeholders } = scan(sql, 'postgres') as WriteScan
    const text = new SqlText(dialect, { sql, bindings: ['x', 'y'] }, placeholders, 'extract')
    const where = sql.indexOf('b = ')
    text.add('SELECT 1 WHERE ').copy({ start: where, end: sql.length }).add(' AND c = ').value(5)
    expect(text.build()).toMatchObject({ sql: 'SELECT 1 WHERE b = $1 AND c = $2', bindings: ['y', 5] })
    expect(text.origin(15)).toBe(where)
    expect(text.origin(3)).toBeNull()
    expect(text.origin(25)).toBeNull()
  })

  it('binds a value as often as the engine wants it', () => {
    const instant = column('at', { kind: 'instant', type: 'timestamp(6)', range: null })
    const { dialect: mysql } = side('mysql', items)
    const text = new SqlText(mysql, { sql: '', bindings: [] }, [], 'extract')
      .typed(instant, '5')
      .typed(column('id'), '6')
    const built = text.build()
    expect(built.bindings).toHaveLength(built.sql.split('?').length - 1)
  })
})

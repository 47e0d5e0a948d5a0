import { describe, expect, it } from 'vitest'
import { TwinwriteError } from '../errors.ts'
import { type MigrationConfig, parseMigration, tablesOf } from './config.ts'

const same = (text: string | null): string | null => text

function messageOf(config: unknown): string {
  try {
    parseMigration(config)
  } catch (error) {
    return error instanceof TwinwriteError ? error.message : String(error)
  }
  return 'taken'
}

const tables = { orders: true } as const

describe('parseMigration', () => {
  it('fills in every default', () => {
    const { name, tables: parsed, ...settings } = parseMigration({ name: 'shop', tables })
    expect(name).toBe('shop')
    expect([...parsed.keys()]).toEqual(['orders'])
    expect(settings).toEqual({
      undo: false,
      armed: false,
      level: 'journaled',
      apply: 'background',
      uncaptured: 'refuse',
      applyBudgetMs: 300,
      batchSize: 500,
      appliers: 2,
      pollMs: { min: 100, max: 1000 },
      leaseMs: 3000,
      beatMs: 1000,
      freezeTimeoutMs: 2000,
      drainTimeoutMs: 5000,
      writeWaitMs: 10_000,
      breaker: { failures: 3, probeMs: 1000 },
      attempts: 5,
      shutdownMs: 5000,
      counterHeadroom: 1000,
      reads: null,
      stageSource: null,
      controlTables: { prefix: '_tw_', schema: null },
    })
  })

  it('keeps given options and fills in the rest of a group', () => {
    const config: MigrationConfig = {
      name: 'shop',
      tables,
      level: 'strict',
      breaker: { failures: 9 },
      pollMs: { max: 400 },
      controlTables: { schema: 'ops' },
    }
    expect(parseMigration(config)).toMatchObject({
      level: 'strict',
      breaker: { failures: 9, probeMs: 1000 },
      pollMs: { min: 100, max: 400 },
      controlTables: { prefix: '_tw_', schema: 'ops' },
    })
  })

  it('reads the three forms of a table and names its tables per side', () => {
    const migration = parseMigration({
      name: 'shop',
      tables: { orders: true, 'shop.items': 'lines', users: { target: 'crm.people', accept: ['name'] } },
    })
    expect(tablesOf(migration, 'source')).toEqual([
      { schema: null, name: 'orders' },
      { schema: 'shop', name: 'items' },
      { schema: null, name: 'users' },
    ])
    expect(tablesOf(migration, 'target')).toEqual([
      { schema: null, name: 'orders' },
      { schema: null, name: 'lines' },
      { schema: 'crm', name: 'people' },
    ])
    expect(migration.tables.get('users')?.accept).toEqual(new Set(['name']))
  })

  it('reads columns and ignored columns in both forms', () => {
    const migration = parseMigration({
      name: 'shop',
      tables: {
        orders: {
          columns: { a: 'b', c: { up: same, down: same }, d: { to: 'e' } },
          ignore: { source: ['x', 'y'], target: { z: 'web', w: null } },
        },
      },
    })
    const orders = migration.tables.get('orders')
    expect(orders?.columns.get('a')).toEqual({ to: 'b', convert: null })
    expect(orders?.columns.get('c')).toEqual({ to: 'c', convert: { up: same, down: same } })
    expect(orders?.columns.get('d')).toEqual({ to: 'e', convert: null })
    expect(Object.fromEntries(orders?.ignore.source ?? [])).toEqual({ x: null, y: null })
    expect(Object.fromEntries(orders?.ignore.target ?? [])).toEqual({ z: 'web', w: null })
  })

  it('takes names of tables and columns that are names of JavaScript too', () => {
    const config = JSON.parse(
      '{"name":"m","tables":{"__proto__":true,"constructor":{"columns":{"toString":"__proto__","__proto__":"hasOwnProperty"}}}}',
    ) as unknown
    const { tables: parsed } = parseMigration(config)
    expect([...parsed.keys()]).toEqual(['__proto__', 'constructor'])
    expect([...(parsed.get('constructor')?.columns ?? [])].map(([from, { to }]) => [from, to])).toEqual([
      ['toString', '__proto__'],
      ['__proto__', 'hasOwnProperty'],
    ])
  })

  it.each([
    ['nothing', undefined, 'the migration is missing; expected an object'],
    ['no name', { tables }, 'option name is missing; expected a name of up to 64'],
    ['a name with blanks', { name: 'my shop', tables }, 'option name is "my shop"'],
    ['no tables', { name: 'm' }, 'option tables is missing; expected an object with at least one table'],
    ['an empty set of tables', { name: 'm', tables: {} }, 'option tables is {}'],
    ['a list of tables', { name: 'm', tables: ['orders'] }, 'option tables is ["orders"]'],
    [
      'a table that is a number',
      { name: 'm', tables: { orders: 5 } },
      'option tables.orders is 5; expected true, the name',
    ],
    ['false', { name: 'm', tables: { orders: false } }, 'option tables.orders is false; expected true'],
    [
      'a wrong table name',
      { name: 'm', tables: { 'a.b.c': true } },
      'option tables["a.b.c"]: expected a table name',
    ],
    ['a wrong target', { name: 'm', tables: { a: 'b.' } }, 'option tables.a is "b."; expected a table name'],
    [
      'an unknown option',
      { name: 'm', tables, armd: true },
      '"armd" is not an option (Did you mean "armed"?)',
    ],
    [
      'an option like no other',
      { name: 'm', tables, zzzzzz: 1 },
      '"zzzzzz" is not an option (known: name, tables,',
    ],
    [
      'an unknown option of a table',
      { name: 'm', tables: { a: { colums: {} } } },
      'option tables.a: "colums" is not an option (Did you mean "columns"?)',
    ],
    [
      'an unknown option of a column',
      { name: 'm', tables: { a: { columns: { 'x y': { too: 'z' } } } } },
      'option tables.a.columns["x y"]: "too" is not an option (Did you mean "to"?)',
    ],
    [
      'an unknown option of a group',
      { name: 'm', tables, breaker: { failure: 1 } },
      'option breaker: "failure" is not an option (Did you mean "failures"?)',
    ],
    [
      'a level that does not exist',
      { name: 'm', tables, level: 'L3' },
      'option level is "L3"; expected one of "journaled", "strict"',
    ],
    [
      'a text for a number',
      { name: 'm', tables, batchSize: '5' },
      'option batchSize is "5"; expected rows: a whole number from 1',
    ],
    [
      'a fraction',
      { name: 'm', tables, beatMs: 0.5 },
      'option beatMs is 0.5; expected milliseconds: a whole number',
    ],
    ['a number that is none', { name: 'm', tables, leaseMs: Number.NaN }, 'option leaseMs is NaN'],
    ['a bigint', { name: 'm', tables, attempts: 5n }, 'option attempts is 5n'],
    ['a text for a flag', { name: 'm', tables, undo: 'yes' }, 'option undo is "yes"; expected true or false'],
    [
      'a hostile prefix',
      { name: 'm', tables, controlTables: { prefix: 'x";--' } },
      'option controlTables.prefix is "x\\";--"',
    ],
    [
      'an empty schema',
      { name: 'm', tables, controlTables: { schema: '' } },
      'option controlTables.schema is ""',
    ],
    [
      'a conversion without its way back',
      { name: 'm', tables: { a: { up: same } } },
      'option tables.a.down: missing beside `up`',
    ],
    [
      'a way back alone',
      { name: 'm', tables: { a: { columns: { b: { down: same } } } } },
      'option tables.a.columns.b.up: missing beside `down`',
    ],
    [
      'a conversion that is no function',
      { name: 'm', tables: { a: { columns: { b: { up: 1, down: same } } } } },
      'option tables.a.columns.b.up is 1; expected a function (text: string | null) => string | null',
    ],
    [
      'an empty column name',
      { name: 'm', tables: { a: { columns: { b: '' } } } },
      'option tables.a.columns.b is ""; expected the name of a column',
    ],
    [
      'ignored columns that are no names',
      { name: 'm', tables: { a: { ignore: { source: [1] } } } },
      'option tables.a.ignore.source is [1]; expected names of columns',
    ],
    [
      'a text for an ignored column that is none',
      { name: 'm', tables: { a: { ignore: { target: { b: 1 } } } } },
      'option tables.a.ignore.target.b is 1; expected the canonical text',
    ],
    [
      'a single accepted name',
      { name: 'm', tables: { a: { accept: 'b' } } },
      'option tables.a.accept is "b"; expected an array',
    ],
    [
      'a lease shorter than two beats',
      { name: 'm', tables, leaseMs: 1500 },
      'option leaseMs: 1500 is less than twice beatMs (1000)',
    ],
    [
      'a poll that grows backwards',
      { name: 'm', tables, pollMs: { min: 9, max: 5 } },
      'option pollMs.min: 9 is more than pollMs.max (5)',
    ],
    [
      'a fence without tables',
      { name: 'm', tables, armed: true, level: 'unjournaled' },
      'option armed: level "unjournaled"',
    ],
  ])('refuses %s and says which option, what was given and what it takes', (_, config, message) => {
    expect(messageOf(config)).toMatch(/^TW_CONFIG_INVALID: /)
    expect(messageOf(config)).toContain(message)
  })

  it('names every wrong option in one error', () => {
    const message = messageOf({ name: '', tables: { a: 1, b: { columns: 2 } }, level: 'x', extra: 1 })
    for (const option of ['option name', 'tables.a', 'tables.b.columns', 'option level', '"extra"']) {
      expect(message).toContain(option)
    }
  })

  it('cuts long values and copes with values that JSON does not know', () => {
    const circular: Record<string, unknown> = {}
    circular['self'] = circular
    expect(messageOf({ name: 'x'.repeat(500), tables })).toContain('x...;')
    expect(messageOf({ name: circular, tables })).toContain('option name is an object')
    expect(messageOf({ name: same, tables })).toContain('option name is a function')
    expect(messageOf({ name: Symbol('x'), tables })).toContain('option name is a symbol')
  })
})

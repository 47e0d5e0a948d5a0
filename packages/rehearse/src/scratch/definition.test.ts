import type { StageSource } from '@twinwrite/core'
import { defineMigration } from '@twinwrite/sql'
import { expect, it } from 'vitest'
import { scratchDefinition } from './definition.ts'

const both = { source: true, target: true }
const stageSource: StageSource = {
  name: 'none',
  get: () => Promise.reject(new Error('the real stage source was asked')),
  watch: () => () => Promise.resolve(),
}

it('keeps tables, columns, conversions and options, and leaves out what leads to the real migration', () => {
  const up = (text: string | null): string | null => text
  const real = defineMigration({
    name: 'shop',
    tables: {
      orders: {
        target: 'purchases',
        columns: { note: { to: 'remark', up, down: up } },
        ignore: { target: { channel: 'web' } },
        accept: ['note', 'trigger:touched', 'foreign-key:owner'],
      },
    },
    beatMs: 123,
    stageSource,
    reads: { shadow: { rate: 0.5 } },
  })
  const { migration } = scratchDefinition(real, { source: false, target: false })
  expect(migration).toMatchObject({ name: 'shop', beatMs: 123, undo: true, stageSource: null, reads: null })
  const orders = migration.tables.get('orders')!
  expect(orders.target).toEqual({ schema: null, name: 'purchases' })
  expect(orders.columns.get('note')).toMatchObject({ to: 'remark', convert: { up } })
  expect(orders.ignore.target).toEqual(new Map([['channel', 'web']]))
  expect([...orders.accept]).toEqual(['note', 'foreign-key:owner'])
})

it('takes the tables of all databases into one where a schema is a database, and refuses twins', () => {
  const named = defineMigration({
    name: 'shop',
    tables: { 'live.orders': 'copy.orders' },
    controlTables: { schema: 'live' },
  })
  const { migration } = scratchDefinition(named, both)
  expect([...migration.tables.keys()]).toEqual(['orders'])
  expect(migration.tables.get('orders')!.target).toEqual({ schema: null, name: 'orders' })
  expect(migration.controlTables.schema).toBeNull()
  const twins = defineMigration({ name: 'shop', tables: { 'a.orders': 'x', 'b.orders': 'y' } })
  expect(() => scratchDefinition(twins, both)).toThrow(/TW_SCRATCH_UNFIT/)
})

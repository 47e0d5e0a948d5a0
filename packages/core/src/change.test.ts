import { describe, expect, test } from 'vitest'
import { type Change, ChangeSet } from './change.ts'

const change = (key: string, op: Change['op'] = 'update'): Change => ({ table: 'orders', key, op })

describe('a change set', () => {
  test('names each row once, with its latest op', () => {
    const set = new ChangeSet()
    set.add([change('1', 'insert'), change('2')])
    set.add([change('1', 'delete')])
    expect(set.distinct()).toEqual([change('1', 'delete'), change('2')])
  })

  test('forgets what came after a savepoint that is rolled back, and keeps the savepoint (W2)', () => {
    const set = new ChangeSet()
    set.add([change('1')])
    set.savepoint('a')
    set.add([change('2')])
    set.savepoint('b')
    set.add([change('3')])
    set.rollbackTo('a')
    expect(set.distinct()).toEqual([change('1')])
    set.add([change('4')])
    set.rollbackTo('a')
    expect(set.distinct()).toEqual([change('1')])
    expect(() => set.rollbackTo('b')).toThrow('TW_SAVEPOINT_UNKNOWN')
  })

  test('keeps the changes of a released savepoint (W2)', () => {
    const set = new ChangeSet()
    set.savepoint('a')
    set.add([change('1')])
    set.savepoint('b')
    set.add([change('2')])
    set.release('a')
    expect(set.distinct()).toEqual([change('1'), change('2')])
    expect(() => set.rollbackTo('b')).toThrow('TW_SAVEPOINT_UNKNOWN')
  })

  test('takes the newest of two savepoints of one name, as the engines do', () => {
    const set = new ChangeSet()
    set.savepoint('a')
    set.add([change('1')])
    set.savepoint('a')
    set.add([change('2')])
    set.rollbackTo('a')
    expect(set.distinct()).toEqual([change('1')])
  })
})

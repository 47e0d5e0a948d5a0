import { describe, expect, it } from 'vitest'
import { comparable } from './comparable.ts'
import { type Comparison, firstDifference } from './difference.ts'

const exact: Comparison = { ordered: true, ignores: no, loses: no, forgives: no }

function no(): boolean {
  return false
}

function between(a: unknown, b: unknown, more: Partial<Comparison> = {}): string | null {
  const found = firstDifference(comparable(a)!, comparable(b)!, { ...exact, ...more })
  return found && `${found.path}: ${found.primary} / ${found.secondary}`
}

describe('two answers', () => {
  it.each([
    ['numbers and texts of numbers', [{ id: 7, total: 1.5 }], [{ id: '7', total: '1.50' }]],
    ['big integers', 9007199254740993n, '9007199254740993'],
    ['flags', { vip: true, gone: false }, { vip: 1, gone: 0 }],
    ['decimals of a class', { total: { toFixed: () => '10.50' } }, { total: '10.5' }],
    ['bytes', Buffer.from('ab'), new Uint8Array([97, 98])],
    ['JSON, parsed and not', { tags: { b: [1, 'x'], a: null } }, { tags: '{"a": null, "b": [1, "x"]}' }],
    ['times and texts of times', new Date('2026-03-04T05:06:07.000Z'), '2026-03-04T05:06:07Z'],
    ['local times', new Date(2026, 2, 4, 5, 6, 7), '2026-03-04 05:06:07.000000'],
    ['what is not there', { note: null }, {}],
  ])('are the same in %s', (_what, a, b) => {
    expect(between(a, b)).toBeNull()
    expect(between(b, a)).toBeNull()
  })

  it.each([
    ['a value', [{ id: 1 }, { id: 2, total: 5 }], [{ id: 1 }, { id: 2, total: 6 }], '[1].total: 5 / 6'],
    ['a text that only looks like a number', { zip: '01234' }, { zip: '1234' }, 'zip: 01234 / 1234'],
    ['a nested value', [{ items: [{ qty: 1 }] }], [{ items: [{ qty: 2 }] }], '[0].items[0].qty: 1 / 2'],
    ['the number of rows', [{ id: 1 }], [], '.length: 1 / 0'],
    ['null', { note: null }, { note: 'x' }, 'note: null / x'],
    ['the order', [{ id: 1 }, { id: 2 }], [{ id: 2 }, { id: 1 }], '[0].id: 1 / 2'],
  ])('differ in %s', (_what, a, b, path) => {
    expect(between(a, b)).toBe(path)
  })

  it('are the same in any order where the query has none', () => {
    const rows = [{ id: 1 }, { id: 2 }, { id: 2 }]
    expect(between(rows, rows.toReversed(), { ordered: false })).toBeNull()
    expect(between(rows, [{ id: 2 }, { id: 1 }, { id: 1 }], { ordered: false })).not.toBeNull()
  })

  it('may lack what was accepted to be lost, and nothing else', () => {
    const loses = (name: string): boolean => name === 'at' || name === 'rate' || name === 'qty'
    const second = { at: new Date('2026-01-01T00:00:01Z'), rate: '1.23', qty: 3 }
    expect(
      between({ at: new Date('2026-01-01T00:00:01.7Z'), rate: '1.2345', qty: 3 }, second, { loses }),
    ).toBeNull()
    expect(between({ ...second, rate: '1.25' }, second, { loses })).not.toBeNull()
    expect(between({ ...second, qty: 4 }, second, { loses })).toBe('qty: 4 / 3')
    expect(between({ ...second, at: new Date('2026-01-01T00:00:09Z') }, second, { loses })).not.toBeNull()
  })

  it('are not compared in what is ignored or forgiven', () => {
    const ignores = (name: string): boolean => name === 'seen'
    expect(between([{ id: 1, seen: 1 }], [{ id: 1, seen: 2 }], { ignores })).toBeNull()
    const forgives = ({ path }: { path: string }): boolean => path.endsWith('seen')
    expect(between([{ id: 1, seen: 1 }], [{ id: 1, seen: 2 }], { forgives })).toBeNull()
    expect(between([{ seen: 1, total: 1 }], [{ seen: 2, total: 2 }], { forgives })).toBe('[0].total: 1 / 2')
  })

  it('are left alone when they are too large', () => {
    expect(comparable(Array.from({ length: 30_000 }, () => 1))).toBeNull()
  })
})

import { describe, expect, it } from 'vitest'
import type { Column } from '../catalog.ts'
import type { Expr } from '../scan/statement.ts'
import { isStoredAs, provenMatch, provenText } from './proven-text.ts'

const range = { start: 0, end: 0 }
const column = (over: Partial<Column>): Column => ({
  name: 'id',
  type: 'bigint unsigned',
  kind: 'integer',
  nullable: false,
  generated: false,
  counter: false,
  identityAlways: false,
  hasDefault: false,
  range: { min: '0', max: '18446744073709551615' },
  length: null,
  precision: null,
  scale: null,
  foldsText: false,
  labels: null,
  ...over,
})
const bound: Expr = { type: 'placeholder', range, param: 0, cast: null }
const text = (over: Partial<Column>): Column =>
  column({ type: 'varchar(10)', kind: 'text', range: null, length: 10, ...over })
const proof = (of: Column, value: unknown): string | null => provenText(of, bound, [value])

describe('the text of a given value is proven only when the server stores nothing else (W4)', () => {
  it('for integers in the range of the column, in their one spelling', () => {
    const big = column({})
    expect(proof(big, 5)).toBe('5')
    expect(proof(big, 0)).toBe('0')
    expect(proof(big, 18446744073709551615n)).toBe('18446744073709551615')
    expect(proof(big, '18446744073709551615')).toBe('18446744073709551615')
    for (const value of [
      18446744073709551616n,
      -1,
      1.5,
      Number.NaN,
      2 ** 60,
      '05',
      '+5',
      ' 5',
      '5.0',
      '5e0',
      true,
      null,
      {},
    ]) {
      expect(proof(big, value), String(value)).toBeNull()
    }
    expect(proof(column({ range: { min: '-128', max: '127' } }), 128)).toBeNull()
    expect(proof(column({ range: { min: '-128', max: '127' } }), -128)).toBe('-128')
  })

  it('for texts without characters that settings or padding change', () => {
    expect(proof(text({}), 'plain-1')).toBe('plain-1')
    expect(proof(text({}), 'two words')).toBe('two words')
    for (const value of [
      '',
      ' a',
      'a ',
      'ä',
      "a'b",
      'a\\b',
      'a\u0000',
      'longer than ten',
      5,
      Buffer.from('a'),
    ]) {
      expect(proof(text({}), value), String(value)).toBeNull()
    }
  })

  it('for bytes that fill a fixed length, or fit into a variable one', () => {
    const fixed = column({ type: 'binary(2)', kind: 'bytes', length: 2, range: null })
    const variable = column({ type: 'varbinary(2)', kind: 'bytes', length: 2, range: null })
    expect(proof(fixed, Buffer.from('0aff', 'hex'))).toBe('0aff')
    expect(proof(fixed, Buffer.from('0a', 'hex'))).toBeNull()
    expect(proof(variable, Buffer.from('0a', 'hex'))).toBe('0a')
    expect(proof(variable, Buffer.from('0a0b0c', 'hex'))).toBeNull()
    expect(proof(variable, '0a')).toBeNull()
  })

  it('for UUIDs in any case, as the lower-case text', () => {
    const uuid = column({ type: 'uuid', kind: 'uuid', range: null })
    expect(proof(uuid, '7B0F1C9E-6A44-4E0B-9A53-0C2D5F7E8A10')).toBe('7b0f1c9e-6a44-4e0b-9a53-0c2d5f7e8a10')
    expect(proof(uuid, '7B0F1C9E6A444E0B9A530C2D5F7E8A10')).toBeNull()
  })

  it('never for other kinds, casts and computed values', () => {
    expect(proof(column({ kind: 'decimal' }), 5)).toBeNull()
    expect(proof(column({ kind: 'date' }), '2024-01-01')).toBeNull()
    expect(provenText(column({}), { type: 'placeholder', range, param: 0, cast: 'int' }, [5])).toBeNull()
    expect(provenText(column({}), { type: 'other', range }, [])).toBeNull()
    expect(
      provenText(column({}), { type: 'literal', range, literal: 'number', value: '7', cast: null }, []),
    ).toBe('7')
  })
})

describe('equality with a value is proven only when no other text equals it (W10)', () => {
  it('not where the collation folds, nor beyond 2^53', () => {
    expect(provenMatch(text({}), bound, ['abc'])).toBe('abc')
    expect(provenMatch(text({ foldsText: true }), bound, ['abc'])).toBeNull()
    expect(provenMatch(column({}), bound, [2 ** 53 - 1])).toBe('9007199254740991')
    expect(provenMatch(column({}), bound, ['9007199254740993'])).toBeNull()
  })
})

describe('a canonical text of the server', () => {
  it('is taken for what the column holds only where it needs no conversion', () => {
    expect(isStoredAs(column({}), '12')).toBe(true)
    expect(isStoredAs(column({}), '012')).toBe(false)
    expect(isStoredAs(column({}), '-12')).toBe(false)
    expect(isStoredAs(text({}), 'plain')).toBe(true)
    expect(isStoredAs(text({}), 'ü')).toBe(false)
    expect(isStoredAs(column({ type: 'binary(2)', kind: 'bytes', length: 2 }), '0aff')).toBe(true)
    expect(isStoredAs(column({ type: 'binary(2)', kind: 'bytes', length: 2 }), '0a')).toBe(false)
    expect(isStoredAs(column({ kind: 'decimal' }), '1')).toBe(false)
  })
})

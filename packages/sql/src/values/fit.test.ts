import type { Column } from '@twinwrite/core'
import { describe, expect, it } from 'vitest'
import { checkFit, Misfit } from './fit.ts'

function column(part: Partial<Column> & Pick<Column, 'kind'>): Column {
  const none = { range: null, length: null, precision: null, scale: null, labels: null }
  const flags = {
    nullable: true,
    generated: false,
    counter: false,
    identityAlways: false,
    hasDefault: false,
    foldsText: false,
  }
  return { name: 'c', type: part.kind, ...none, ...flags, ...part }
}

const int = column({ kind: 'integer', range: { min: '-128', max: '127' } })
const unsigned = column({ kind: 'integer', range: { min: '0', max: '255' } })
const money = column({ kind: 'decimal', precision: 5, scale: 2 })
const hundreds = column({ kind: 'decimal', type: 'numeric(3,-2)', precision: 5, scale: 0 })
const short = column({ kind: 'text', length: 3 })
const char = column({ kind: 'text', type: 'character(3)', length: 3 })
const binary = column({ kind: 'bytes', type: 'binary(2)', length: 2 })
const varbinary = column({ kind: 'bytes', type: 'varbinary(2)', length: 2 })
const set = column({ kind: 'text', type: 'set', labels: ['a', 'b', 'c'] })
const seconds = column({ kind: 'instant', scale: 0 })
const millis = column({ kind: 'datetime', scale: 3 })

const fitting: [Column, string][] = [
  [int, '-128'],
  [int, '127'],
  [unsigned, '255'],
  [column({ kind: 'integer' }), '9'.repeat(40)],
  [money, '-999.99'],
  [money, 'NaN'],
  [hundreds, '-99900'],
  [hundreds, '0'],
  [column({ kind: 'float32' }), '0.1'],
  [column({ kind: 'float32' }), '-Infinity'],
  [column({ kind: 'float64', type: 'double(10,2)', precision: 10, scale: 2 }), '8119.83'],
  [set, ''],
  [set, 'a,c'],
  [short, '𝄞𝄞𝄞'],
  [char, 'ab'],
  [binary, '00ff'],
  [varbinary, ''],
  [seconds, '-2000000'],
  [seconds, 'infinity'],
  [millis, '2024-01-01 00:00:00.123'],
  [column({ kind: 'bits', type: 'bit varying(9)', length: 9 }), '1'],
]

const unfit: [Column, string][] = [
  [int, '128'],
  [int, '-129'],
  [int, '1.0'],
  [unsigned, '-1'],
  [unsigned, '256'],
  [money, '0.001'],
  [money, '1e3'],
  [hundreds, '3079'],
  [hundreds, '10'],
  [column({ kind: 'float32' }), '0.12345678901'],
  [column({ kind: 'float64' }), '0.12345678901234567890'],
  [column({ kind: 'float64' }), 'one'],
  [short, 'abcd'],
  [short, 'abc '],
  [char, 'ab '],
  [binary, '00'],
  [varbinary, '000000'],
  [varbinary, '0'],
  [seconds, '1'],
  [millis, '2024-01-01 00:00:00.1234'],
  [column({ kind: 'enum', labels: ['a'] }), 'b'],
  [column({ kind: 'float64', type: 'double(10,2)', precision: 10, scale: 2 }), '1e-10'],
  [set, '3'],
  [set, 'b,a'],
  [set, 'a,a'],
  [set, 'A'],
  [set, 'a,'],
  [column({ kind: 'bits', type: 'bit(3)', length: 3 }), '1'],
]

describe('a value and a column', () => {
  it.each(fitting)('%# fit where nothing would be changed', (one, text) => {
    expect(() => checkFit(one, text)).not.toThrow()
  })

  it.each(unfit)('%# do not fit where the server would cut, pad or round (W5)', (one, text) => {
    expect(() => checkFit(one, text)).toThrow(Misfit)
  })
})

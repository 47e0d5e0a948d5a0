// For tests: edge values that every engine holds, as canonical texts, with a type for them on each.

import type { ColumnKind } from '@twinwrite/core'
import type { TestSide } from './test-side.ts'

type Engine = TestSide['engine']

export interface Travelling {
  readonly kind: ColumnKind
  readonly types: Record<Engine, string>
  readonly texts: readonly string[]
}

const alike = (type: string): Record<Engine, string> => ({
  postgres: type,
  mysql: type,
  mariadb: type,
  sqlite: type,
})
const mysqlText = 'CHARACTER SET utf8mb4'

export const travelling: readonly Travelling[] = [
  {
    kind: 'integer',
    types: alike('bigint'),
    texts: ['9007199254740993', '-9223372036854775808', '9223372036854775807', '0', '-1'],
  },
  {
    kind: 'decimal',
    types: alike('decimal(20,6)'),
    texts: ['0.1', '-1234567.891', '12', '0', '99999999.999999'],
  },
  {
    kind: 'decimal',
    types: { ...alike('decimal(38,10)'), sqlite: 'TEXT' },
    texts: ['1234567890123456789012345678.0123456789', '-0.0000000001'],
  },
  {
    kind: 'float64',
    types: { postgres: 'double precision', mysql: 'double', mariadb: 'double', sqlite: 'double' },
    texts: [
      '0.1',
      '1.7976931348623157e+308',
      '-2.2250738585072014e-308',
      '0.30000000000000004',
      '16777217',
      '1e+21',
    ],
  },
  {
    kind: 'float32',
    types: { postgres: 'real', mysql: 'float', mariadb: 'float', sqlite: 'double' },
    texts: ['0.1', '16777216', '3.4028235e+38', '-1.1754944e-38', '3.1415927'],
  },
  {
    kind: 'text',
    types: {
      postgres: 'text',
      mysql: `longtext ${mysqlText}`,
      mariadb: `longtext ${mysqlText}`,
      sqlite: 'text',
    },
    texts: [
      '',
      ' a  ',
      `it's "q" \\ \` ? $1 %s {} NULL`,
      'ä𝄞\n\t\u0001',
      'x'.repeat(70_000),
      '9007199254740993.10',
    ],
  },
  {
    kind: 'bytes',
    types: { postgres: 'bytea', mysql: 'longblob', mariadb: 'longblob', sqlite: 'blob' },
    texts: ['', '00', '5c273f00ff', 'ab'.repeat(5_000)],
  },
  {
    kind: 'boolean',
    types: { postgres: 'boolean', mysql: 'tinyint(1)', mariadb: 'tinyint(1)', sqlite: 'boolean' },
    texts: ['true', 'false'],
  },
  { kind: 'date', types: alike('date'), texts: ['2024-02-29', '1000-01-01', '9999-12-31'] },
  {
    kind: 'time',
    types: { postgres: 'time(6)', mysql: 'time(6)', mariadb: 'time(6)', sqlite: 'time' },
    texts: ['00:00:00', '23:59:59.999999', '10:00:00.1'],
  },
  {
    kind: 'datetime',
    types: { postgres: 'timestamp(6)', mysql: 'datetime(6)', mariadb: 'datetime(6)', sqlite: 'datetime' },
    texts: [
      '2024-10-27 02:30:00.123456',
      '1000-01-01 00:00:00',
      '9999-12-31 23:59:59.999999',
      '2024-03-31 02:30:00.5',
    ],
  },
  {
    kind: 'instant',
    types: {
      postgres: 'timestamptz',
      mysql: 'timestamp(6) NULL',
      mariadb: 'timestamp(6) NULL',
      sqlite: 'bigint',
    },
    texts: ['1729989000123456', '1000000', '1000001', '1711847400500000'],
  },
  {
    kind: 'json',
    types: { postgres: 'jsonb', mysql: 'json', mariadb: 'json', sqlite: 'json' },
    texts: [
      '{"a":9007199254740993,"b":[1,2.5,null,true],"c":{"d":"ä\\n\\"𝄞","e":""}}',
      '[]',
      '"x"',
      'null',
      '[18446744073709551615,-9223372036854775808]',
    ],
  },
  {
    kind: 'uuid',
    types: { postgres: 'uuid', mysql: 'char(36)', mariadb: 'uuid', sqlite: 'uuid' },
    texts: ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
  },
  {
    kind: 'bits',
    types: { postgres: 'bit(9)', mysql: 'bit(9)', mariadb: 'bit(9)', sqlite: 'text' },
    texts: ['000000000', '101010101', '111111111'],
  },
]

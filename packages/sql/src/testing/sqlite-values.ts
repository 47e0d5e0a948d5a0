// For tests: edge values of every column type of SQLite, as SQL literals, with the canonical text that they must have.

import type { ValueCase } from './value-cases.ts'

export const sqliteCases: ValueCase[] = [
  {
    type: 'INTEGER',
    kind: 'integer',
    values: [
      ['9223372036854775807', '9223372036854775807'],
      ['-9007199254740993', '-9007199254740993'],
    ],
  },
  { type: 'BIGINT', kind: 'integer', values: [['5', '5']] },
  {
    type: 'BOOLEAN',
    kind: 'boolean',
    values: [
      ['1', 'true'],
      ['0', 'false'],
      ['2', '2'],
    ],
  },
  {
    type: 'DECIMAL(12,2)',
    kind: 'decimal',
    values: [
      ['-1234567890.10', '-1234567890.1'],
      ['100', '100'],
      ['1e15', '1000000000000000'],
      ['0.1', '0.1'],
      ['0.1 + 0.2', '0.30000000000000004'],
      ['1.2345678901234567e+19', '12345678901234567000'],
      ['-1e-10', '-0.0000000001'],
    ],
  },
  {
    type: 'REAL',
    kind: 'float64',
    values: [
      ['0.1', '0.1'],
      ['1.7976931348623157e308', '1.7976931348623157e+308'],
      ['9e999', 'Infinity'],
      ['0.1 + 0.2', '0.30000000000000004'],
      ['3', '3'],
    ],
  },
  {
    type: 'VARCHAR(5)',
    kind: 'text',
    values: [
      [`'longer than five  '`, 'longer than five  '],
      [`''`, ''],
      [`'ä𝄞 it''s "q" \\ ?'`, `ä𝄞 it's "q" \\ ?`],
      ['7', '7'],
    ],
  },
  {
    type: 'BLOB',
    kind: 'bytes',
    values: [
      [`x'00FF27'`, '00ff27'],
      [`x''`, ''],
    ],
  },
  { type: 'DATE', kind: 'date', values: [[`'2024-02-29'`, '2024-02-29']] },
  { type: 'TIME', kind: 'time', values: [[`'10:00:00'`, '10:00:00']] },
  {
    type: 'DATETIME',
    kind: 'datetime',
    values: [
      [`'2024-10-27 02:30:00'`, '2024-10-27 02:30:00'],
      ['1729989000123', '2024-10-27 00:30:00.123000'],
      ['-1', '1969-12-31 23:59:59.999000'],
      [`'2024-10-27T00:30:00.123Z'`, '2024-10-27 00:30:00.12300'],
      [`'2024-10-27 00:30:00.123000'`, '2024-10-27 00:30:00.12300000'],
      [`'2024-10-27 00:30:00.12300'`, '2024-10-27 00:30:00.1230000'],
      [`'2024-10-27 00:30:00.120'`, '2024-10-27 00:30:00.120'],
      [`'soon'`, 'soon'],
      ['9223372036854775807', '9223372036854775807'],
      ['2460000.5', '2460000.5'],
    ],
  },
  {
    type: 'JSON',
    kind: 'json',
    keepsSpelling: true,
    values: [[`'{"b": 1.50, "a": 12345678901234567890123}'`, '{"a":12345678901234567890123,"b":1.50}']],
  },
  {
    type: 'UUID',
    kind: 'uuid',
    values: [[`'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'`, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11']],
  },
  {
    type: '',
    kind: 'native',
    values: [
      [`'it''s'`, `text 'it''s'`],
      ['5', 'integer 5'],
      ['0.1', 'real 0.1'],
      ['0.1 + 0.2', 'real 0.30000000000000004'],
      [`x'00'`, `blob X'00'`],
    ],
  },
]

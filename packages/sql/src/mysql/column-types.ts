// MySQL and MariaDB: which type holds every value of a column of another engine. Texts compare byte by byte, as the other engines do.

import type { Column, EngineName } from '@twinwrite/core'
import type { ColumnTypes } from '../sql-engine.ts'

/** The longest text that an index takes whole, in characters. */
const indexedLength = 768

export function columnTypes(engine: EngineName): ColumnTypes {
  // Without padding, so that blanks at the end count as they do elsewhere.
  const collation = engine === 'mariadb' ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin'
  const binary = `CHARACTER SET utf8mb4 COLLATE ${collation}`
  const textOf = (inIndex: boolean): string => (inIndex ? `varchar(255) ${binary}` : `longtext ${binary}`)
  const text = (length: number | null, inIndex: boolean): string =>
    length !== null && length <= (inIndex ? indexedLength : 16_000)
      ? `varchar(${length}) ${binary}`
      : textOf(inIndex)
  return {
    typeOf: (column, inIndex) => {
      if (column.kind === 'text') return text(column.length, inIndex)
      if (column.kind === 'enum') {
        return column.labels === null
          ? text(255, inIndex)
          : `enum(${column.labels.map(quoted).join(', ')}) ${binary}`
      }
      if (column.kind === 'uuid' && engine === 'mariadb') return 'uuid'
      return typeOf(column, inIndex)
    },
    // MariaDB's JSON is called by what it is kept in.
    kept: ({ kind, type }) => (kind === 'json' ? 'json' : type),
    textOf,
    counter: () => 'AUTO_INCREMENT',
    keyInColumn: () => false,
  }
}

function typeOf(column: Column, inIndex: boolean): string | null {
  const { kind, length, precision, scale } = column
  const fraction = `(${Math.min(scale ?? 6, 6)})`
  switch (kind) {
    case 'integer':
      return integerType(column)
    case 'decimal':
      return decimalType(precision, scale)
    case 'float32':
      return 'float'
    case 'float64':
      return 'double'
    case 'bytes':
      if (length !== null && length <= 16_000) return `varbinary(${length})`
      return inIndex ? 'varbinary(255)' : 'longblob'
    case 'uuid':
      return 'char(36) CHARACTER SET ascii COLLATE ascii_bin'
    case 'boolean':
      return 'tinyint(1)'
    case 'time':
    case 'datetime':
      return `${kind}${fraction}`
    case 'instant':
      return `timestamp${fraction}`
    case 'bits':
      return length !== null && length <= 64 ? `bit(${length})` : null
    case 'date':
    case 'json':
      return kind
    default:
      return null
  }
}

/** As many digits as PostgreSQL's numeric(precision, scale) has before and behind the point, at most MySQL's 65 and 30. */
function decimalType(precision: number | null, scale: number | null): string {
  const behind = Math.max(0, Math.min(scale ?? (precision === null ? 30 : 0), 30))
  const all = precision === null ? 65 : Math.max(precision, behind)
  return `decimal(${Math.min(all, 65)},${behind})`
}

function integerType({ range }: Column): string {
  if (range === null) return 'bigint'
  const [min, max] = [BigInt(range.min), BigInt(range.max)]
  const types = [
    ['smallint', 16n],
    ['int', 32n],
    ['bigint', 64n],
  ] as const
  for (const [type, bits] of types) {
    if (min >= -(2n ** (bits - 1n)) && max < 2n ** (bits - 1n)) return type
    if (min >= 0n && max < 2n ** bits) return `${type} unsigned`
  }
  return 'decimal(20,0)'
}

function quoted(label: string): string {
  return `'${label.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}

// PostgreSQL: digests by the server's own hash of records. Its hashes of many types are made for hash joins and leave bits out: those of
// 1 and 4294967296, of 1.5 and -1.5, of '[1]' and '[[1]]' as jsonb are equal. Such columns go in as the bytes that the server sends.
// https://github.com/postgres/postgres/blob/master/src/backend/access/hash/hashfunc.c

import type { Column, ColumnKind } from '@twinwrite/core'
import type { Digest } from '../compare/digest.ts'
import { quote } from './quoting.ts'

export const digest: Digest = {
  part: (column, other) => (addAlike(column, other) ? part(column, `t.${quote(column.name)}`) : null),
  row: (parts) => `hash_record_extended(ROW(${parts.join(', ')}), 0)`,
  all: (row) => `bit_xor(${row})`,
}

const texts: ReadonlySet<ColumnKind> = new Set<ColumnKind>(['text', 'enum'])

/** Types must be the same, with length and precision aside, which are no part of a value. */
function addAlike(column: Column, other: Column): boolean {
  return (texts.has(column.kind) && texts.has(other.kind)) || bare(column.type) === bare(other.type)
}

const bare = (type: string): string => type.replace(/\([0-9, ]+\)/, '')

function part(column: Column, e: string): string {
  switch (column.kind) {
    case 'integer':
      return /^(smallint|integer)$/.test(column.type) ? e : `int8send(${e}::int8)`
    case 'decimal':
      return `numeric_send(${e})`
    case 'float32':
      return `float4send(${e})`
    case 'float64':
      return `float8send(${e})`
    case 'time':
      return `time_send(${e})`
    case 'datetime':
      return `timestamp_send(${e})`
    case 'instant':
      return `timestamptz_send(${e})`
    case 'bytes':
    case 'boolean':
    case 'date':
    case 'uuid':
      return e
    default:
      return `${e}::text COLLATE "C"`
  }
}

// How the oracle reads a column: by its type's own name, not by what twinwrite takes it for.

import type { Engine } from '@twinwrite/testkit'

export type Form =
  | 'number'
  | 'float32'
  | 'float64'
  | 'text'
  | 'padded'
  | 'bytes'
  | 'uuid'
  | 'boolean'
  | 'date'
  | 'time'
  | 'datetime'
  | 'instant'
  | 'json'
  | 'bits'
  | 'native'

type Names = readonly (readonly [RegExp, Form])[]

const postgres: Names = [
  [/\[\]$/, 'native'],
  [/^(smallint|integer|bigint|oid|numeric)\b/, 'number'],
  [/^real$/, 'float32'],
  [/^double precision$/, 'float64'],
  [/^(text|character varying|name|.*\bcolour|.*\bshort)\b/, 'text'],
  [/^character\b/, 'padded'],
  [/^bytea$/, 'bytes'],
  [/^uuid$/, 'uuid'],
  [/^boolean$/, 'boolean'],
  [/^date$/, 'date'],
  [/^time\b.* without/, 'time'],
  [/^timestamp\b.* without/, 'datetime'],
  [/^timestamp\b.* with /, 'instant'],
  [/^jsonb?$/, 'json'],
  [/^bit\b/, 'bits'],
]

const mysql: Names = [
  [/^(tinyint|smallint|mediumint|int|bigint|decimal|year)\b/, 'number'],
  [/^float\b/, 'float32'],
  [/^double\b/, 'float64'],
  [/^char\b/, 'padded'],
  [/^(varchar|tinytext|text|mediumtext|longtext|enum|set|inet4|inet6)\b/, 'text'],
  [/^(binary|varbinary|tinyblob|blob|mediumblob|longblob)\b/, 'bytes'],
  [/^uuid\b/, 'uuid'],
  [/^date$/, 'date'],
  [/^time\b/, 'time'],
  [/^datetime\b/, 'datetime'],
  [/^timestamp\b/, 'instant'],
  [/^json\b/, 'json'],
  [/^bit\b/, 'bits'],
]

const sqlite: Names = [
  [/^bool/, 'boolean'],
  [/^date$/, 'date'],
  [/^datetime$/, 'datetime'],
  [/^time$/, 'time'],
  [/^json$/, 'json'],
  [/^uuid$/, 'uuid'],
  [/int/, 'number'],
  [/char|text/, 'text'],
  [/blob/, 'bytes'],
  [/real|double/, 'float64'],
  [/^decimal/, 'number'],
]

const names: Readonly<Record<Engine, Names>> = { postgres, mysql, mariadb: mysql, sqlite }

/** @param kind what the catalog says of MariaDB's JSON, whose type is that of a text */
export function formOf(engine: Engine, type: string, kind: string): Form {
  if (engine === 'mariadb' && kind === 'json') return 'json'
  return names[engine].find(([pattern]) => pattern.test(type))?.[1] ?? 'native'
}

// For tests: edge values of every column type, by engine.

import type { ColumnKind } from '@twinwrite/core'
import type { Engine } from '@twinwrite/testkit'
import { mariadbCases, mysqlCases } from './mysql-values.ts'
import { postgresCases } from './postgres-values.ts'
import { sqliteCases } from './sqlite-values.ts'

export interface ValueCase {
  readonly type: string
  readonly kind: ColumnKind
  /** SQL literal to canonical text. */
  readonly values: readonly (readonly [string, string])[]
  /** The type also keeps how a value was written (zeros after the point), which canonical texts don't. */
  readonly keepsSpelling?: true
}

export const valueCases: Record<Engine, ValueCase[]> = {
  postgres: postgresCases,
  mysql: mysqlCases,
  mariadb: mariadbCases,
  sqlite: sqliteCases,
}

/** Types that cases use, made first. */
export const typeStatements: Partial<Record<Engine, string[]>> = {
  postgres: [
    `CREATE SCHEMA other`,
    `CREATE TYPE other.colour AS ENUM ('dark "red"', 'blue')`,
    `CREATE DOMAIN short AS varchar(3) CHECK (value <> 'no')`,
  ],
  // Zero dates, and numbers that are rounded to a float.
  mysql: [`SET sql_mode = 'ALLOW_INVALID_DATES'`, `SET time_zone = '+00:00'`],
  mariadb: [`SET sql_mode = 'ALLOW_INVALID_DATES'`, `SET time_zone = '+00:00'`],
}

/** How a case's type is written in CREATE TABLE. */
export const declared = (type: string): string => type.replace(/^colour/, 'other.colour')

import type { Engine } from '@twinwrite/testkit'
import type { ValueType } from '../value-type.ts'
import { mariadbTypes, mysqlStatements, mysqlTypes } from './mysql.ts'
import { postgresStatements, postgresTypes } from './postgres.ts'
import { sqliteTypes } from './sqlite.ts'

export const typesOf: Readonly<Record<Engine, readonly ValueType[]>> = {
  postgres: postgresTypes,
  mysql: mysqlTypes,
  mariadb: mariadbTypes,
  sqlite: sqliteTypes,
}

/** Run once in a database before its tables are made. */
export const typeStatements: Readonly<Record<Engine, readonly string[]>> = {
  postgres: postgresStatements,
  mysql: [],
  mariadb: [],
  sqlite: [],
}

/** Settings of a session that writes or reads plain values. */
export const sessionStatements: Readonly<Record<Engine, readonly string[]>> = {
  postgres: [
    `SET timezone = 'UTC'`,
    `SET datestyle = 'ISO, YMD'`,
    `SET intervalstyle = 'postgres'`,
    'SET extra_float_digits = 1',
  ],
  mysql: mysqlStatements,
  mariadb: mysqlStatements,
  sqlite: [],
}

// What twinwrite knows of TypeORM's database types, as data.

import { TwinwriteError } from '@twinwrite/core'
import type { DataSourceOptions } from 'typeorm'

/** Engines by what TypeORM's drivers compile for them; MariaDB is `mysql`. */
export type DialectName = 'postgres' | 'mysql' | 'sqlite'

const byType: Readonly<Record<string, DialectName>> = {
  postgres: 'postgres',
  mysql: 'mysql',
  mariadb: 'mysql',
  'better-sqlite3': 'sqlite',
}

/** @throws TwinwriteError `TW_ENGINE_UNSUPPORTED` */
export function dialectOf({ type }: Pick<DataSourceOptions, 'type'>): DialectName {
  const dialect = Object.hasOwn(byType, type) ? byType[type] : undefined
  if (dialect !== undefined) return dialect
  throw new TwinwriteError(
    'TW_ENGINE_UNSUPPORTED',
    `doubleWrite() was given a data source of type "${type}"`,
    {
      hint: `Use one of ${Object.keys(byType).join(', ')}.`,
    },
  )
}

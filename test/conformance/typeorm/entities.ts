// The tables of the proofs as TypeORM schemas of one side: properties are called as the source's columns.

import type { Side } from '@twinwrite/core'
import type { Engine } from '@twinwrite/testkit'
import { EntitySchema, type EntitySchemaColumnOptions } from 'typeorm'
import { isNumbered } from '../make-tables.ts'
import { type ColumnSpec, columnOn, type Kind, nameOn, type TableSpec } from '../tables.ts'

type TypeOptions = Pick<EntitySchemaColumnOptions, 'type' | 'length' | 'precision' | 'scale'>

const innodb: Record<Kind, TypeOptions> = {
  counter: { type: 'bigint' },
  serial: { type: 'int' },
  int: { type: 'int' },
  bigint: { type: 'bigint' },
  money: { type: 'decimal', precision: 12, scale: 2 },
  exact: { type: 'decimal', precision: 30, scale: 10 },
  double: { type: 'double' },
  boolean: { type: Boolean },
  json: { type: 'json' },
  bytes: { type: 'longblob' },
  uuid: { type: 'char', length: 36 },
  datetime: { type: 'datetime', precision: 6 },
  date: { type: 'date' },
  code: { type: 'varchar', length: 60 },
  text: { type: 'longtext' },
}

const types: Record<Engine, Record<Kind, TypeOptions>> = {
  mysql: innodb,
  mariadb: { ...innodb, uuid: { type: 'uuid' } },
  postgres: {
    ...innodb,
    double: { type: 'double precision' },
    json: { type: 'jsonb' },
    bytes: { type: 'bytea' },
    uuid: { type: 'uuid' },
    datetime: { type: 'timestamp', precision: 6 },
    text: { type: 'text' },
  },
  sqlite: {
    ...innodb,
    counter: { type: 'integer' },
    serial: { type: 'integer' },
    money: { type: 'text' },
    exact: { type: 'text' },
    json: { type: 'simple-json' },
    bytes: { type: 'blob' },
    uuid: { type: 'varchar', length: 36 },
    datetime: { type: 'datetime' },
    text: { type: 'text' },
  },
}

export function entitiesOf(side: Side, engine: Engine, tables: readonly TableSpec[]): EntitySchema[] {
  const column = (table: TableSpec, spec: ColumnSpec): EntitySchemaColumnOptions => ({
    ...types[engine][spec.kind],
    name: columnOn(side, spec),
    primary: table.key.includes(spec.name),
    nullable: !spec.required && !table.key.includes(spec.name),
    // On PostgreSQL TypeORM sends a given key to an identity column only.
    ...(isNumbered(spec)
      ? { generated: (engine === 'postgres' ? 'identity' : 'increment') as 'increment' }
      : {}),
    ...(spec.fallback === null ? {} : { default: () => spec.fallback! }),
  })
  return tables.map(
    (table) =>
      new EntitySchema<object>({
        name: table.source,
        tableName: nameOn(side, table),
        columns: Object.fromEntries(table.columns.map((spec) => [spec.name, column(table, spec)])),
      }),
  )
}

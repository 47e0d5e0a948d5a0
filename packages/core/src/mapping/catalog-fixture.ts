// Catalog entries for the unit tests of the mapping, short to write: everything that a test does not name is harmless.

import type { Column, ColumnKind, EngineName, ForeignKey, Table } from '../catalog.ts'
import type { Side } from '../stage.ts'
import { type MigrationConfig, parseMigration } from './config.ts'
import { type MappingPlan, planMapping } from './resolve.ts'

export function column(name: string, kind: ColumnKind, more: Partial<Column> = {}): Column {
  return {
    name,
    type: kind,
    kind,
    nullable: false,
    generated: false,
    counter: false,
    identityAlways: false,
    hasDefault: false,
    range: null,
    length: null,
    precision: null,
    scale: null,
    foldsText: false,
    labels: null,
    ...more,
  }
}

export const int: Partial<Column> = { type: 'int', range: { min: '-2147483648', max: '2147483647' } }
export const bigint: Partial<Column> = {
  type: 'bigint',
  range: { min: '-9223372036854775808', max: '9223372036854775807' },
}
export const unsignedBigint: Partial<Column> = {
  type: 'bigint unsigned',
  range: { min: '0', max: '18446744073709551615' },
}

/** A table whose key is `id`, which comes first unless the columns hold one. */
export function table(name: string, columns: readonly Column[], more: Partial<Table> = {}): Table {
  const hasId = columns.some((one) => one.name === 'id')
  return {
    schema: null,
    inSchema: more.schema ?? 'public',
    name,
    columns: hasId ? columns : [column('id', 'integer', bigint), ...columns],
    key: ['id'],
    uniques: [],
    foreignKeys: [],
    referencedBy: [],
    triggers: [],
    writableThrough: [],
    ...more,
  }
}

export function foreignKey(
  name: string,
  child: string,
  parent: string,
  more: Partial<ForeignKey> = {},
): ForeignKey {
  return {
    name,
    child: { schema: null, name: child },
    childColumns: ['parent_id'],
    parent: { schema: null, name: parent },
    parentColumns: ['id'],
    onDelete: 'no action',
    onUpdate: 'no action',
    ...more,
  }
}

/** Puts foreign keys into the tables at both of their ends. */
export function tied(tables: readonly Table[], keys: readonly ForeignKey[]): Table[] {
  return tables.map((one) => {
    const foreignKeys = keys.filter((key) => key.child.name === one.name)
    const referencedBy = keys.filter((key) => key.parent.name === one.name)
    return { ...one, foreignKeys, referencedBy }
  })
}

/** Plans a mapping of the given tables; engines are PostgreSQL on both sides unless given. */
export function plan(
  tables: MigrationConfig['tables'],
  sides: Readonly<Record<Side, readonly Table[]>>,
  engines: Readonly<Record<Side, EngineName>> = { source: 'postgres', target: 'postgres' },
): MappingPlan {
  const side = (name: Side) => ({ engine: engines[name], tables: sides[name] })
  return planMapping(parseMigration({ name: 'm', tables }), side('source'), side('target'))
}

/** Problems as `severity code column`, to compare with. */
export function summary(found: MappingPlan): string[] {
  return found.problems.map(({ severity, code, column: name }) => [severity, code, name ?? '-'].join(' '))
}

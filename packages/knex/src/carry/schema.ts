// Schema statements after the switch: questions about a mapped table go to the target under its names; changes of one
// only where nothing is called differently there.

import type { ScanDialect } from '@twinwrite/core'
import type { SchemaBuilder } from '../knex-internals.ts'
import type { Carrying } from './carrying.ts'
import { findTable } from './find-table.ts'
import { parseIdentifier } from './identifier.ts'
import type { MappedTable } from './mapped-table.ts'
import { carryRawStatement } from './raw-statement.ts'

/** Names of tables among a method's arguments; the other methods are about no table. */
const tableArguments: Readonly<Record<string, readonly number[]>> = {
  createTable: [0],
  createTableIfNotExists: [0],
  createTableLike: [0, 1],
  alterTable: [0],
  hasTable: [0],
  hasColumn: [0],
  dropTable: [0],
  dropTableIfExists: [0],
  renameTable: [0, 1],
}

const questions = new Set(['hasTable', 'hasColumn'])

export function carrySchema(carrying: Carrying, schema: SchemaBuilder, dialect: ScanDialect): SchemaBuilder {
  const carried = carrying.target.schemaBuilder()
  carried._sequence = schema._sequence.map(({ method, args }) => {
    if (method === 'raw') return { method, args: carryRawStep(carrying, schema, args, dialect) }
    const places = Object.hasOwn(tableArguments, method) ? (tableArguments[method] ?? []) : []
    if (places.length === 0) carrying.unmapped.add(`schema.${method}()`)
    const names = [...args]
    for (const place of places) carryName(carrying, schema, method, names, place)
    return { method, args: names }
  })
  const schemas = new Set([...carrying.mapped].map(({ names }) => names.target.schema))
  if (schemas.size > 1) carrying.refuse('a schema statement over tables of several schemas')
  const [targetSchema] = schemas
  if (targetSchema != null) carried._schema = targetSchema
  return carried
}

function carryName(
  carrying: Carrying,
  schema: SchemaBuilder,
  method: string,
  args: unknown[],
  place: number,
): void {
  const name = args[place]
  if (typeof name !== 'string') return
  const text = schema._schema === undefined ? name : `${schema._schema}.${name}`
  const segments = parseIdentifier(text).segments.map((segment) => carrying.databaseName(segment))
  const table = findTable(carrying, segments)
  if (table === undefined) {
    carrying.unmapped.add(segments.join('.'))
    return
  }
  carrying.mapped.add(table)
  args[place] = table.names.target.name
  if (method === 'hasColumn' && typeof args[1] === 'string') {
    const column = carrying.databaseName(args[1])
    // A name that means another column there is none of the app's.
    args[1] = table.column(column)?.target ?? (table.isTakenOnTarget(column) ? '' : column)
  }
  if (!questions.has(method)) refuseChange(carrying, table, method)
}

function refuseChange(carrying: Carrying, table: MappedTable, method: string): void {
  const isSame = carrying.sameDialect && !table.tableRenamed && table.renamedColumns.length === 0
  if (isSame && !table.names.converted) return
  carrying.refuse(`schema.${method}() of "${table.names.mapping}", which differs on the target,`, {
    table: table.names.mapping,
    hint: 'Change it with a plain Knex of the target.',
  })
}

function carryRawStep(
  carrying: Carrying,
  schema: SchemaBuilder,
  args: unknown[],
  dialect: ScanDialect,
): unknown[] {
  const carried = carryRawStatement(carrying, schema.client.raw(String(args[0]), args[1]), dialect)
  return [carried.sql, carried.bindings]
}

// The table mapping that two Prisma schemas tell: each model's table and columns on both sides, the tables of implicit
// many-to-many relations, enum values of different database names, and times where one side has no type for them.

import type { ColumnConfig, TableConfig, TableNames } from '@twinwrite/core'
import type { AdapterEngine } from './adapter-engine.ts'
import { invalid, type ModelTables } from './options.ts'
import type { ClientInternals, Field, Model } from './prisma-internals.ts'
import { fromPrismaTime, type TimeFormat, toPrismaTime } from './sqlite-times.ts'

/** One side's schema, and where its tables stand when a model does not say. */
export interface SchemaSide {
  readonly client: ClientInternals
  readonly engine: AdapterEngine
  /** Null: the connection's default schema. */
  readonly schema: string | null
  /** How Prisma writes times where columns have no type for them; known when the database has been reached. */
  readonly timeFormat: () => TimeFormat
}

/** A relation's own table. */
interface JoinTable {
  readonly name: string
  readonly schema: string | null
  readonly models: readonly [string, string]
}

/** @param target null: the same schema on both sides @throws TwinwriteError `TW_CONFIG_INVALID` */
export function modelTables(source: SchemaSide, target: SchemaSide): ModelTables {
  const tables: Record<string, true | TableConfig> = {}
  for (const [name, model] of Object.entries(source.client.dataModel.models)) {
    const other = target.client.dataModel.models[name]!
    const columns = renamedColumns(source, target, name)
    tables[tableName(source, name, model)] = {
      target: tableName(target, name, other),
      ...(Object.keys(columns).length > 0 ? { columns } : {}),
    }
  }
  for (const join of joinTables(source)) {
    const [first] = join.models
    const { schema } = target.client.dataModel.models[first]!
    tables[qualified(join.schema, join.name)] = { target: qualified(schema ?? target.schema, join.name) }
  }
  return tables
}

/**
 * Models whose table is not mapped. Errs on the side of taking one for mapped, since the others stay on the source, uncaptured.
 * @throws TwinwriteError `TW_CONFIG_INVALID` where the table of a relation between mapped models is not mapped
 */
export function unmappedModels(side: SchemaSide, tables: readonly TableNames[]): ReadonlySet<string> {
  const isMapped = (schema: string | null, name: string): boolean =>
    tables.some(
      ({ source }) =>
        source.name.toLowerCase() === name.toLowerCase() &&
        (source.schema === null || schema === null || source.schema === schema),
    )
  const unmapped = new Set(
    Object.entries(side.client.dataModel.models).flatMap(([name, model]) =>
      isMapped(model.schema ?? side.schema, model.dbName ?? name) ? [] : [name],
    ),
  )
  for (const { name, schema, models } of joinTables(side)) {
    if (isMapped(schema, name) || models.some((model) => unmapped.has(model))) continue
    throw invalid(
      `the table ${name} of the relation between ${models.join(' and ')} is not mapped`,
      'Map it too: the function form of option migration is given all tables.',
    )
  }
  return unmapped
}

function renamedColumns(
  source: SchemaSide,
  target: SchemaSide,
  model: string,
): NonNullable<TableConfig['columns']> {
  const renamed: Record<string, NonNullable<TableConfig['columns']>[string]> = {}
  const { fields } = source.client.dataModel.models[model]!
  const others = new Map(target.client.dataModel.models[model]!.fields.map((field) => [field.name, field]))
  for (const field of fields) {
    if (field.kind === 'object') continue
    const column = columnName(field)
    const to = columnName(others.get(field.name)!)
    const convert =
      field.kind === 'enum'
        ? renamedLabels(source, target, model, field)
        : timesBetween(source, target, model, field)
    if (convert !== null) renamed[column] = { to, ...convert }
    else if (to !== column) renamed[column] = to
  }
  return renamed
}

type Convert = Pick<ColumnConfig, 'up' | 'down'>

function renamedLabels(
  source: SchemaSide,
  target: SchemaSide,
  model: string,
  { name, type }: Field,
): Convert | null {
  const from = source.client.labels(type)
  const to = target.client.labels(type)
  if ([...from].every(([value, label]) => to.get(value) === label)) return null
  if (source.client.isList(model, name)) {
    throw invalid(
      `the values of enum ${type} have other database names on the target, and ${model}.${name} is a list of them`,
      'Give the values one name in both databases, or convert the column with `up` and `down` in defineMigration().',
    )
  }
  const up = new Map([...from].map(([value, label]) => [label, to.get(value)!]))
  const down = new Map([...up].map(([label, other]) => [other, label]))
  const by = (names: ReadonlyMap<string, string>) => (text: string | null) =>
    text === null ? null : (names.get(text) ?? text)
  return { up: by(up), down: by(down) }
}

/** Where one side is SQLite, which has no type for them. */
function timesBetween(
  source: SchemaSide,
  target: SchemaSide,
  model: string,
  { name, type }: Field,
): Convert | null {
  if (type !== 'DateTime' || source.engine.typesTimes === target.engine.typesTimes) return null
  const [typed, untyped] = source.engine.typesTimes ? [source, target] : [target, source]
  const read = fromPrismaTime(typed.client.nativeType(model, name))
  const write = (text: string | null): string | null => toPrismaTime(untyped.timeFormat())(text)
  return source === typed ? { up: write, down: read } : { up: read, down: write }
}

/** Both fields of such a relation are lists; their table is called after it, with the columns A and B. */
function joinTables({ client, schema }: SchemaSide): JoinTable[] {
  const sides = new Map<string, string[]>()
  for (const [model, { fields }] of Object.entries(client.dataModel.models)) {
    for (const { name, kind, relationName } of fields) {
      if (kind !== 'object' || relationName === undefined || !client.isList(model, name)) continue
      sides.set(relationName, [...(sides.get(relationName) ?? []), model])
    }
  }
  return [...sides].flatMap(([relation, models]) => {
    const [first, second] = models.toSorted()
    if (first === undefined || second === undefined) return []
    const own = client.dataModel.models[first]!.schema ?? schema
    return [{ name: `_${relation}`, schema: own, models: [first, second] as const }]
  })
}

function tableName({ schema }: SchemaSide, name: string, model: Model): string {
  return qualified(model.schema ?? schema, model.dbName ?? name)
}

function columnName({ name, dbName }: Field): string {
  return dbName ?? name
}

/** As `defineMigration` reads it. */
function qualified(schema: string | null, name: string): string {
  const part = (text: string): string => (/[."]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  return schema === null ? part(name) : `${part(schema)}.${part(name)}`
}

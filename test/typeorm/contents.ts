// All rows of the tables that move, as TypeORM hydrates them, so that engines and names do not matter.

import type { DataSource, EntityMetadata } from 'typeorm'

export type Contents = Readonly<Record<string, readonly unknown[]>>

/** @param named gives the source's metadata for each of this side's, whose names the result has */
export async function contentsOf(
  db: DataSource,
  named: readonly (readonly [own: EntityMetadata, source: EntityMetadata])[],
): Promise<Contents> {
  const tables: Record<string, unknown[]> = {}
  for (const [own, source] of named) {
    const rows = await db.query<Record<string, unknown>[]>(`SELECT * FROM ${db.driver.escape(own.tableName)}`)
    tables[source.tableName] = rows
      .map((row) =>
        Object.fromEntries(
          source.columns.map((column, index) => {
            const { databaseName, ...rest } = own.columns[index]!
            const value: unknown = db.driver.prepareHydratedValue(row[databaseName], own.columns[index]!)
            return [column.databaseName, plainValue(value, rest.type)]
          }),
        ),
      )
      .sort((left, right) => keyOf(source, left).localeCompare(keyOf(source, right)))
  }
  return tables
}

function plainValue(value: unknown, type: unknown): unknown {
  if (value instanceof Date) return value.toISOString()
  // Children of a single table hold what the parent's metadata does not hydrate.
  return type === Number || type === 'int' || type === 'integer'
    ? value === null
      ? null
      : Number(value)
    : value
}

function keyOf({ primaryColumns }: EntityMetadata, row: Record<string, unknown>): string {
  return JSON.stringify(primaryColumns.map(({ databaseName }) => row[databaseName]))
}

/** What two databases that did the same at other times may differ in: times and random ids. */
export function timeless(value: unknown): unknown {
  if (typeof value === 'string') {
    if (/^\d{4}-\d\d-\d\dT/.test(value)) return '<time>'
    return /^[0-9a-f]{8}-[0-9a-f]{4}-/.test(value) ? '<uuid>' : value
  }
  if (value instanceof Date) return '<time>'
  if (Array.isArray(value)) return value.map(timeless)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, timeless(one)]))
}

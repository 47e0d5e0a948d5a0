// An entity of the source under the names that its table has in the target.

import type { EntityMetadata } from 'typeorm'
import type { MappedTables } from './mapped-tables.ts'
import { internals } from './typeorm-internals.ts'

/** @param metadata built for the target's data source with the source's names */
export function renameEntity(metadata: EntityMetadata, tables: MappedTables): void {
  const names = tables.ofEntity('source', metadata)
  if (names === undefined) return
  const { driver } = internals(metadata.dataSource)
  const { schema, name } = names.target
  metadata.tableName = name
  metadata.tableNameWithoutPrefix = name
  metadata.givenTableName = name
  if (driver.options.type === 'postgres') metadata.schema = schema ?? driver.options.schema
  else if (schema !== null) metadata.database = schema
  metadata.tablePath = driver.buildTableName(name, metadata.schema, metadata.database)
  for (const column of metadata.columns) {
    const renamed = names.renamed.get(column.databaseName)
    if (renamed === undefined) continue
    column.databaseName = renamed
    // TypeORM takes the properties of its own tables for names of columns.
    if (metadata.tableType === 'junction' || metadata.tableType === 'closure-junction') {
      delete metadata.propertiesMap[column.propertyName]
      column.propertyName = renamed
      column.propertyPath = renamed
      column.propertyAliasName = renamed
      metadata.propertiesMap[renamed] = renamed
    }
    column.givenDatabaseName = renamed
    column.databaseNameWithoutPrefixes = renamed
    column.databasePath = renamed
  }
}

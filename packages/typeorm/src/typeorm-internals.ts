// The parts of TypeORM 1 that this adapter touches and that TypeORM's own types leave out or hide. Nothing here is
// ours: each member says in which file of typeorm it lives, so that a new version can be held against it.

import type {
  DataSource,
  EntityManager,
  EntityMetadata,
  EntityTarget,
  InsertQueryBuilder,
  ObjectLiteral,
  QueryRunner,
  RelationQueryBuilder,
  SelectQueryBuilder,
} from 'typeorm'
import type { RelationMetadata } from 'typeorm/metadata/RelationMetadata.js'

export type ReplicationMode = 'master' | 'slave'

/** driver/Driver.js, as far as we call it or override it. */
export interface Driver {
  readonly options: DataSource['options']
  readonly isReplicated: boolean
  readonly database?: string
  /** PostgreSQL: where unqualified names of entities stand, and the search path. */
  readonly schema?: string
  readonly searchSchema?: string
  createQueryRunner(mode: ReplicationMode): QueryRunner
  escape(name: string): string
  buildTableName(table: string, schema?: string, database?: string): string
}

/** driver/<engine>/<Engine>QueryRunner.js */
export interface NativeRunner extends QueryRunner {
  mode?: ReplicationMode
  driver: Driver
  databaseConnection?: object
  /** PostgreSQL: gives the client back to its pool, which throws it away on an error. */
  releasePostgresConnection?(error?: Error): Promise<void>
  /** SQLite: prepares a text, or takes it from the runner's cache. */
  getStmt?(sql: string): Promise<SqliteStatement>
}

export interface SqliteStatement {
  readonly reader: boolean
  all(...bindings: unknown[]): Record<string, unknown>[]
  run(...bindings: unknown[]): { changes: number; lastInsertRowid: number | bigint }
}

/** query-builder/RelationLoader.js */
export interface RelationLoader {
  dataSource: DataSource
  load(
    relation: RelationMetadata,
    entities: ObjectLiteral | ObjectLiteral[],
    runner?: QueryRunner,
    builder?: SelectQueryBuilder<ObjectLiteral>,
    loadEagerRelations?: boolean,
  ): Promise<ObjectLiteral[]>
}

/** data-source/DataSource.js: what is protected or read-only there. */
export interface DataSourceInternals {
  options: DataSource['options']
  manager: EntityManager
  driver: Driver
  relationLoader: RelationLoader
  subscribers: unknown[]
  buildMetadatas(): Promise<void>
  findMetadata(target: EntityTarget<ObjectLiteral>): EntityMetadata | undefined
}

export function internals(dataSource: DataSource): DataSourceInternals {
  return dataSource as unknown as DataSourceInternals
}

/** query-builder/QueryBuilder.js and its children. */
export type AnyBuilder = (
  | SelectQueryBuilder<ObjectLiteral>
  | InsertQueryBuilder<ObjectLiteral>
  | RelationQueryBuilder<ObjectLiteral>
) & { queryRunner?: QueryRunner }

export function isBuilder(value: unknown): value is AnyBuilder {
  return (
    typeof value === 'object' &&
    value !== null &&
    'expressionMap' in value &&
    'getQueryAndParameters' in value
  )
}

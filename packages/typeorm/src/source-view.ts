// The source's data source as TypeORM's own code is to see it while it runs an operation there: the app's in everything but
// what is routed on the app's.

import type { DataSource } from 'typeorm'
import { appClasses } from './app-classes.ts'

export function sourceView(dataSource: DataSource): DataSource {
  const view = Object.create(dataSource) as DataSource
  const plain = appClasses(dataSource).DataSource.prototype
  view.createQueryRunner = plain.createQueryRunner
  view.createQueryBuilder = plain.createQueryBuilder
  view.createEntityManager = plain.createEntityManager
  return view
}

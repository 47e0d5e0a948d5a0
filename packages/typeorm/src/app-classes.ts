// TypeORM's classes as the app has them: an installation may hold several copies of the package, and what belongs to one data
// source must be of one copy.

import type { DataSource, EntityManager, EntityManager as ManagerClass } from 'typeorm'

interface AppClasses {
  readonly DataSource: typeof DataSource
  readonly EntityManager: typeof ManagerClass
}

/** Without what the app's own subclasses override. */
export function appClasses(dataSource: DataSource): AppClasses {
  return {
    DataSource: classWith(dataSource, 'createQueryRunner') as typeof DataSource,
    EntityManager: classWith(dataSource.manager, 'findOneByOrFail') as typeof EntityManager,
  }
}

function classWith(instance: object, method: string): unknown {
  let prototype = Object.getPrototypeOf(instance) as object
  let found = prototype
  for (; prototype !== null; prototype = Object.getPrototypeOf(prototype) as object) {
    if (Object.hasOwn(prototype, method)) found = prototype
  }
  return found.constructor
}

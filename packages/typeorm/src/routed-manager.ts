// An EntityManager whose operations run at their place: the app's own one, and those of runners. What only looks at entities
// or metadata stays as it is. Upholds W1, W8.

import type { EntityManager, EntityTarget, ObjectLiteral, QueryRunner } from 'typeorm'
import { appClasses } from './app-classes.ts'
import { type BuilderSource, recorded } from './recorded-builder.ts'
import { repeatableAfter } from './repeatable.ts'
import type { Session, Subject } from './place.ts'
import { routeTree } from './routed-tree.ts'
import type { Running } from './running.ts'

/** Operations whose first argument is an entity's class, schema or name. */
const ofTarget = [
  'preload',
  'insert',
  'upsert',
  'update',
  'updateAll',
  'delete',
  'deleteAll',
  'softDelete',
  'restore',
  'clear',
  'increment',
  'decrement',
  'exists',
  'existsBy',
  'count',
  'countBy',
  'sum',
  'average',
  'minimum',
  'maximum',
  'find',
  'findBy',
  'findAndCount',
  'findAndCountBy',
  'findOne',
  'findOneBy',
  'findOneOrFail',
  'findOneByOrFail',
] as const

/** Operations that may leave the class out. */
const ofEntities = ['save', 'remove', 'softRemove', 'recover'] as const

type Operation = (typeof ofTarget)[number] | (typeof ofEntities)[number]
type Call = (...given: unknown[]) => Promise<unknown>

export function routeManager(manager: EntityManager, running: Running, session: Session): void {
  const { router, subjects } = running
  const plain = appClasses(running.dataSource)
  const routed: Record<string, unknown> = {}
  const route = (name: Operation, subjectOf: (given: unknown[]) => Subject): void => {
    routed[name] = (...given: unknown[]): Promise<unknown> =>
      router.run(
        session,
        subjectOf(given),
        ({ manager: native }) => (native[name as 'save'] as unknown as Call).apply(native, given),
        repeatableAfter(running, name, given),
      )
  }
  for (const name of ofTarget) route(name, ([target]) => subjects.ofTarget(target))
  for (const name of ofEntities) {
    route(name, (given) => (isTarget(given) ? subjects.ofTarget(given[0]) : subjects.ofEntities(given[0])))
  }

  routed['query'] = async (sql: string, parameters?: unknown[]): Promise<unknown> => {
    const raw = subjects.ofRaw(sql)
    return router.run(session, raw.subject, ({ side, dataSource, runner }) =>
      plain.DataSource.prototype.query.call(dataSource, raw[side], parameters, runner),
    )
  }

  routed['createQueryBuilder'] = (
    target?: EntityTarget<ObjectLiteral>,
    alias?: string,
    runner?: QueryRunner,
  ): unknown => {
    const source: BuilderSource = alias === undefined ? {} : { target: target!, alias }
    const given = runner ?? (alias === undefined ? (target as unknown as QueryRunner | undefined) : undefined)
    return recorded(running, source, given ?? manager.queryRunner)
  }

  const { getTreeRepository } = plain.EntityManager.prototype
  const trees = new WeakSet()
  routed['getTreeRepository'] = (target: EntityTarget<ObjectLiteral>): unknown => {
    const repository = getTreeRepository.call(manager, target)
    if (!trees.has(repository)) {
      trees.add(repository)
      routeTree(repository, running, session)
    }
    return repository
  }
  Object.assign(manager, routed)
}

/** As TypeORM itself tells the two forms apart. */
function isTarget(given: readonly unknown[]): boolean {
  const [first] = given
  if (given.length < 2) return false
  return (
    typeof first === 'function' ||
    typeof first === 'string' ||
    (typeof first === 'object' && first !== null && '@instanceof' in first)
  )
}

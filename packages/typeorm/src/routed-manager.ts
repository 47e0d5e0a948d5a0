// An EntityManager whose operations run at their place: the app's own one, and those of runners. What only looks at entities
// or metadata stays as it is. Upholds W1, W8.

import type { EntityManager, EntityTarget, ObjectLiteral, QueryRunner } from 'typeorm'
import { appClasses } from './app-classes.ts'
import { type BuilderSource, recorded } from './recorded-builder.ts'
import { operationRead, rawRead } from './read-call.ts'
import { repeatableAfter } from './repeatable.ts'
import type { Session } from './place.ts'
import { runRaw } from './raw-result.ts'
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
  const route = (name: Operation, targetOf: (given: unknown[]) => unknown): void => {
    routed[name] = (...given: unknown[]): Promise<unknown> =>
      router.run(
        session,
        subjects.ofTarget(targetOf(given)),
        ({ manager: native }) => (native[name as 'save'] as unknown as Call).apply(native, given),
        {
          repeatable: repeatableAfter(running, name, given, targetOf(given)),
          describe: operationRead(running, name, given),
        },
      )
  }
  for (const name of ofTarget) route(name, ([target]) => target)
  for (const name of ofEntities) route(name, targetOfEntities)

  routed['query'] = async (sql: string, parameters?: unknown[]): Promise<unknown> => {
    const raw = subjects.ofRaw(sql)
    return router.run(session, raw.subject, (place) => runRaw(running, place, raw, parameters), {
      describe: rawRead(running, raw.source),
    })
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

/** Of an entity or several, given with their class or without; those of cascades are checked when their statements come. */
function targetOfEntities(given: readonly unknown[]): unknown {
  const [first] = given
  const isTarget =
    typeof first === 'function' ||
    typeof first === 'string' ||
    (typeof first === 'object' && first !== null && '@instanceof' in first)
  if (given.length > 1 && isTarget) return first
  const entity: unknown = Array.isArray(first) ? first[0] : first
  return typeof entity === 'object' && entity !== null ? entity.constructor : undefined
}

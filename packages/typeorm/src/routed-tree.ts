// A TreeRepository whose own methods run at their place; the others go through its manager.

import type { ObjectLiteral, TreeRepository } from 'typeorm'
import type { Place, Session } from './place.ts'
import { recorded } from './recorded-builder.ts'
import type { Running } from './running.ts'
import type { AnyBuilder } from './typeorm-internals.ts'

const operations = [
  'findTrees',
  'findRoots',
  'findDescendants',
  'findDescendantsTree',
  'countDescendants',
  'findAncestors',
  'findAncestorsTree',
  'countAncestors',
] as const
const builders = ['createDescendantsQueryBuilder', 'createAncestorsQueryBuilder'] as const

type Method = (...given: unknown[]) => unknown

export function routeTree(
  repository: TreeRepository<ObjectLiteral>,
  running: Running,
  session: Session,
): void {
  const { target } = repository
  const at = (place: Place): Record<string, Method> =>
    place.manager.getTreeRepository(target) as unknown as Record<string, Method>
  const routed: Record<string, Method> = {}
  for (const name of operations) {
    routed[name] = (...given) =>
      running.router.run(session, running.subjects.ofTarget(target), (place) => at(place)[name]!(...given))
  }
  for (const name of builders) {
    routed[name] = (...given) =>
      recorded(
        running,
        { make: (place) => at(place)[name]!(...given) as AnyBuilder },
        repository.manager.queryRunner,
      )
  }
  Object.assign(repository, routed)
}

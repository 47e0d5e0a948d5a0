// Lazy relations: what an entity loads later comes from the side that is primary then, whichever side it was loaded from.

import type { ObjectLiteral } from 'typeorm'
import type { RelationMetadata } from 'typeorm/metadata/RelationMetadata.js'
import type { Place } from './place.ts'
import type { Running } from './running.ts'
import { internals, type RelationLoader } from './typeorm-internals.ts'

/** Routes the loaders of both sides' data sources. */
export function routeRelations(running: Running): void {
  const { source, target } = running.sides
  const loaders = {
    source: internals(running.dataSource).relationLoader,
    target: internals(target.dataSource).relationLoader,
  }
  const natives = {
    source: nativeLoader(loaders.source, source.dataSource),
    target: nativeLoader(loaders.target, target.dataSource),
  }
  for (const side of ['source', 'target'] as const) {
    loaders[side].load = (relation, entities, runner, builder, loadEager) => {
      if (builder !== undefined || (runner !== undefined && !runner.isReleased)) {
        return natives[side].load(relation, entities, runner, builder, loadEager)
      }
      const { target: owner } = relation.entityMetadata
      return running.router.run<ObjectLiteral[]>(running, running.subjects.ofTarget(owner), (place) =>
        natives[place.side].load(relationAt(place, relation), entities, undefined, undefined, loadEager),
      )
    }
  }
}

function nativeLoader(loader: RelationLoader, dataSource: RelationLoader['dataSource']): RelationLoader {
  const native = Object.create(Object.getPrototypeOf(loader) as object) as RelationLoader
  native.dataSource = dataSource
  return native
}

function relationAt({ dataSource }: Place, relation: RelationMetadata): RelationMetadata {
  const metadata = dataSource.getMetadata(relation.entityMetadata.target)
  return metadata.findRelationWithPropertyPath(relation.propertyPath) ?? relation
}

// Whether an operation may run a second time, on the other side, after the stage moved and the first time was rolled back.
// Hooks of the app may have changed the entity, or written more, so what had already called them is the app's to repeat.

import type { EntityMetadata, EntityTarget, ObjectLiteral } from 'typeorm'
import type { Running } from './running.ts'

type Repeatable = (untouched: boolean) => boolean

const persisting = new Set(['save', 'softRemove', 'recover', 'remove'])

/** @param name an operation of an EntityManager @param target of what it is about; undefined: not known */
export function repeatableAfter(
  running: Running,
  name: string,
  given: readonly unknown[],
  target: unknown,
): Repeatable {
  return (untouched) => {
    // They begin a transaction before any hook is called, and a BEGIN that is refused leaves everything as it was.
    if (persisting.has(name) && untouched && !withoutTransaction(given)) return true
    // TypeORM has taken the ids out of what it removed.
    return name !== 'remove' && !hasHooks(running, target)
  }
}

/** Whether writing this entity may call a listener or subscriber, for itself or for what cascades. */
export function hasHooks({ dataSource }: Running, target: unknown): boolean {
  const start = dataSource.hasMetadata(target as EntityTarget<ObjectLiteral>)
    ? [dataSource.getMetadata(target as EntityTarget<ObjectLiteral>)]
    : dataSource.entityMetadatas
  const reached = new Set<EntityMetadata>()
  for (const metadata of start) reach(metadata, reached)
  const all = [...reached]
  return (
    all.some(({ listeners }) => listeners.some(({ type }) => type !== 'after-load')) ||
    dataSource.subscribers.some((subscriber) => {
      const listensTo: unknown = subscriber.listenTo?.()
      return (
        listensTo === undefined ||
        all.some((metadata) => metadata.inheritanceTree.includes(listensTo as never))
      )
    })
  )
}

function reach(metadata: EntityMetadata, reached: Set<EntityMetadata>): void {
  if (reached.has(metadata)) return
  reached.add(metadata)
  for (const child of metadata.childEntityMetadatas) reach(child, reached)
  for (const relation of metadata.relations) {
    const { isCascadeInsert, isCascadeUpdate, isCascadeRemove, isCascadeSoftRemove, isCascadeRecover } =
      relation
    if (isCascadeInsert || isCascadeUpdate || isCascadeRemove || isCascadeSoftRemove || isCascadeRecover)
      reach(relation.inverseEntityMetadata, reached)
  }
}

function withoutTransaction(given: readonly unknown[]): boolean {
  const options = given.at(-1)
  return (
    typeof options === 'object' &&
    options !== null &&
    'transaction' in options &&
    options.transaction === false
  )
}

// Whether an operation may run a second time, on the other side, after the stage moved and the first time was rolled back.
// Hooks of the app may have changed the entity, or written more, so what had already called them is the app's to repeat.

import type { Running } from './running.ts'

type Repeatable = (untouched: boolean) => boolean

const persisting = new Set(['save', 'softRemove', 'recover', 'remove'])

/** @param name an operation of an EntityManager */
export function repeatableAfter(running: Running, name: string, given: readonly unknown[]): Repeatable {
  return (untouched) => {
    // They begin a transaction before any hook is called, and a BEGIN that is refused leaves everything as it was.
    if (persisting.has(name) && untouched && !withoutTransaction(given)) return true
    // TypeORM has taken the ids out of what it removed.
    return name !== 'remove' && !hasHooks(running)
  }
}

export function hasHooks({ dataSource }: Running): boolean {
  return (
    dataSource.subscribers.length > 0 ||
    dataSource.entityMetadatas.some((metadata) => metadata.ownListeners.length > 0)
  )
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

// Tables in the order in which they can be made, written and loaded: parents before the children that refer to them.

/** @param parentsOf those of the same list that one refers to; those in a circle stay in the given order */
export function parentsFirst<T>(items: readonly T[], parentsOf: (item: T) => Iterable<T | undefined>): T[] {
  const ordered = new Set<T>()
  const visited = new Set<T>()
  const visit = (item: T): void => {
    if (visited.has(item)) return
    visited.add(item)
    for (const parent of parentsOf(item)) if (parent !== undefined) visit(parent)
    ordered.add(item)
  }
  for (const item of items) visit(item)
  return [...ordered]
}

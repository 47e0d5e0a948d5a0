// Trees of each kind that the engines support.

import type { DataSource, EntityTarget } from 'typeorm'
import { Area, Group, Topic } from './entities.ts'
import type { Operation } from './operation.ts'

interface Node {
  id: number
  name: string
  parent: Node | null
  children: Node[]
}

const names = (nodes: readonly Node[]): string[] => nodes.map(({ name }) => name).sort()

async function grow(db: DataSource, entity: EntityTarget<Node>): Promise<unknown> {
  const trees = db.manager.getTreeRepository<Node>(entity)
  const root = await trees.save({ name: 'root' })
  const left = await trees.save({ name: 'left', parent: root })
  await trees.save({ name: 'right', parent: root })
  const leaf = await trees.save({ name: 'leaf', parent: left })
  const found = await trees.findOneByOrFail({ id: leaf.id })
  const seen = [
    names(await trees.findRoots()),
    names(await trees.findDescendants(root)),
    await trees.countDescendants(left),
    names(await trees.findAncestors(found)),
    await trees.countAncestors(found),
    (await trees.findTrees()).length,
    names(await trees.createDescendantsQueryBuilder('node', 'closure', left).getMany()),
  ]
  const tree = await trees.findDescendantsTree(root)
  return [...seen, names(tree.children)]
}

/** Of the tree that is there already: `left` with its leaf under `right`, then the leaf goes. */
async function prune(db: DataSource, entity: EntityTarget<Node>): Promise<unknown> {
  const trees = db.manager.getTreeRepository<Node>(entity)
  const [left, right] = await Promise.all(
    ['left', 'right'].map((name) => trees.findOneOrFail({ where: { name }, relations: { parent: true } })),
  )
  left!.parent = right!
  await trees.save(left!)
  const root = await trees.findOneByOrFail({ name: 'root' })
  const moved = names(await trees.findDescendants(right!))
  const leaf = await trees.findOneByOrFail({ name: 'leaf' })
  const above = names(await trees.findAncestors(leaf))
  await trees.remove(leaf)
  return [moved, above, names(await trees.findDescendants(root)), await trees.countDescendants(left!)]
}

export const treeOperations: readonly Operation[] = [
  { title: 'closure table', run: (db) => grow(db, Area) },
  { title: 'materialized path', run: (db) => grow(db, Topic) },
  { title: 'nested set', run: (db) => grow(db, Group) },
  { title: 'closure table: a branch moves, a leaf goes', run: (db) => prune(db, Area) },
  { title: 'materialized path: a branch moves, a leaf goes', run: (db) => prune(db, Topic) },
  { title: 'nested set: a branch moves, a leaf goes', run: (db) => prune(db, Group) },
]

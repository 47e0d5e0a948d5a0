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

export const treeOperations: readonly Operation[] = [
  { title: 'closure table', run: (db) => grow(db, Area) },
  { title: 'materialized path', run: (db) => grow(db, Topic) },
  { title: 'nested set', run: (db) => grow(db, Group) },
  {
    title: 'remove of a leaf and of a branch',
    run: async (db) => {
      const trees = db.getTreeRepository(Topic)
      const root = await trees.findOneByOrFail({ name: 'root' })
      const leaf = await trees.findOneByOrFail({ name: 'leaf' })
      await trees.remove(leaf)
      return names(await trees.findDescendants(root))
    },
  },
]

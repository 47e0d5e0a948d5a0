// Objects and their relations: what TypeORM loads, changes and saves as a whole.

import type { EntityManager, ObjectLiteral } from 'typeorm'
import type { Adopt, Family, Household, PetChange, Rework, Row, Save } from '../program.ts'
import { conditionsOf, inKeyOrder } from './typeorm-conditions.ts'

/** TypeORM writes what the database gave into the objects. */
export const copyOf = (row: Row): ObjectLiteral => ({ ...row })

export async function save(manager: EntityManager, step: Save): Promise<unknown> {
  const options = step.size === undefined ? {} : { chunk: step.size }
  return manager.save(step.table, step.rows.map(copyOf), options)
}

export async function rework(manager: EntityManager, { table, where, set }: Rework): Promise<unknown> {
  const rows = await manager.find(table, { where: conditionsOf(where), order: inKeyOrder(table) })
  if (set === null) return manager.remove(table, rows)
  return manager.save(
    table,
    rows.map((row) => ({ ...row, ...set })),
  )
}

export async function family(manager: EntityManager, { owner, pets }: Family): Promise<unknown> {
  return manager.save('owners', { ...owner, pets: pets.map(copyOf) })
}

export async function adopt(manager: EntityManager, { pet, how, owner }: Adopt): Promise<unknown> {
  const by = how === 'connect' ? owner : { name: owner['name']! }
  const found = how === 'create' ? null : await manager.findOneBy('owners', conditionsOf(by))
  if (how === 'connect' && found === null) return null
  return manager.save('pets', { ...pet, owner: found ?? copyOf(owner) })
}

/** Pets that are left out of the list are orphans, which go. */
export async function household(manager: EntityManager, step: Household): Promise<unknown> {
  const found = await manager.findOne('owners', {
    where: conditionsOf(step.where),
    relations: { pets: true },
    order: { pets: { id: 'ASC' } },
  })
  if (found === null) return null
  let pets = (found as { pets: ObjectLiteral[] }).pets
  for (const change of step.pets) pets = changed(pets, change)
  return manager.save('owners', { ...found, ...step.set, pets })
}

function changed(pets: ObjectLiteral[], change: PetChange): ObjectLiteral[] {
  switch (change.act) {
    case 'create':
    case 'upsert':
    case 'connectOrCreate':
      return [...pets, copyOf(change.pet)]
    case 'connect':
      return [...pets, { id: change.id }]
    case 'delete':
      return pets.filter(({ id }) => id !== change.id)
    case 'deleteMany':
      return pets.filter(({ n }) => n !== change.n)
    case 'update':
      return pets.map((pet) => (pet['id'] === change.id ? { ...pet, ...change.set } : pet))
    case 'updateMany':
      return pets.map((pet) => (pet['n'] === change.n ? { ...pet, ...change.set } : pet))
  }
}

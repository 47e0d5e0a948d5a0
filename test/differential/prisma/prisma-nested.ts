// Owners and pets in one call: Prisma's nested writes.

import type { Adopt, Family, Household, PetChange, Row } from '../program.ts'
import type { PrismaRunner } from './prisma-client.ts'
import { dataOf, uniqueWhere } from './prisma-values.ts'

const pet = (row: Row): { id: unknown } & object => dataOf('pets', row) as { id: unknown }
const withPets = { include: { pets: { orderBy: { id: 'asc' } } } } as const

export function nested(db: PrismaRunner, step: Family | Adopt | Household): Promise<unknown> {
  switch (step.do) {
    case 'family': {
      const pets = { create: step.pets.map(pet) }
      return db['owners']!.create({ data: { ...dataOf('owners', step.owner), pets }, ...withPets })
    }
    case 'adopt':
      return db['pets']!.create({
        data: { ...pet(step.pet), owner: { [step.how]: ownerOf(step) } },
        include: { owner: true },
      })
    case 'household':
      return db['owners']!.update({
        where: uniqueWhere('owners', step.where),
        data: { ...dataOf('owners', step.set), pets: Object.fromEntries(changes(step.pets)) },
        ...withPets,
      })
  }
}

function ownerOf({ how, owner }: Adopt): object {
  const create = dataOf('owners', owner)
  if (how === 'create') return create
  return how === 'connect' ? create : { where: { name: owner['name'] }, create }
}

/** By their names, each as a list. */
function changes(pets: readonly PetChange[]): Map<string, object[]> {
  const named = new Map<string, object[]>()
  for (const change of pets) named.set(change.act, [...(named.get(change.act) ?? []), argument(change)])
  return named
}

function argument(change: PetChange): object {
  switch (change.act) {
    case 'create':
      return pet(change.pet)
    case 'upsert': {
      const { id, ...update } = pet(change.pet)
      return { where: { id }, create: { id, ...update }, update }
    }
    case 'connectOrCreate': {
      const create = pet(change.pet)
      return { where: { id: create.id }, create }
    }
    case 'connect':
    case 'delete':
      return { id: change.id }
    case 'update':
      return { where: { id: change.id }, data: change.set }
    case 'updateMany':
      return { where: { n: change.n }, data: change.set }
    case 'deleteMany':
      return { n: change.n }
  }
}

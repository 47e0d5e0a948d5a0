// The ORMs of the torture fleet. A process loads the one that it uses, as it is killed again in a second.

import type { Connect } from './orm.ts'

export type OrmName = 'knex' | 'prisma' | 'typeorm'

export const ormNames: readonly OrmName[] = ['knex', 'prisma', 'typeorm']

const loaders: Readonly<Record<OrmName, () => Promise<Connect>>> = {
  knex: async () => (await import('./knex/connect.ts')).connect,
  prisma: async () => (await import('./prisma/connect.ts')).connect,
  typeorm: async () => (await import('./typeorm/connect.ts')).connect,
}

export function connectBy(orm: OrmName): Promise<Connect> {
  return loaders[orm]()
}

// Seeded protocol bugs (PROTOCOL section 9): each replaces one part by a wrong one, from outside, and must be found. A
// simulator that can't find these would prove nothing by finding nothing.

import type { RunningMigration, Side, SqlDialect } from '@twinwrite/core'
import type { WriteSide } from '../../packages/core/src/write/write-side.ts'
import type { SimProcess } from './engine/sim-process.ts'
import { applyMutations } from './mutations/apply-mutations.ts'
import { fillMutations } from './mutations/fill-mutations.ts'
import { loadMutations } from './mutations/load-mutations.ts'
import { switchMutations } from './mutations/switch-mutations.ts'
import { verifyMutations } from './mutations/verify-mutations.ts'
import { writeMutations } from './mutations/write-mutations.ts'
import type { SimStore } from './ports/sim-store.ts'
import type { World } from './world.ts'

export interface Mutation {
  /** What is wrong, with the counter-example of PROTOCOL section 2 that it leads to. */
  readonly about: string
  store?(store: SimStore, world: World): SimStore
  /** For the stores that only the verifier uses. */
  verifying?(store: SimStore): SimStore
  dialect?(dialect: SqlDialect): SqlDialect
  writeSide?(side: WriteSide, stores: Readonly<Record<Side, SimStore>>): WriteSide
  load?(world: World, process: SimProcess): Promise<unknown>
  /** What loaders have instead of the migration. */
  refill?(migration: RunningMigration): RunningMigration
  boot?(world: World): void
}

export const mutations: Readonly<Record<string, Mutation>> = {
  ...applyMutations,
  ...fillMutations,
  ...loadMutations,
  ...switchMutations,
  ...verifyMutations,
  ...writeMutations,
}

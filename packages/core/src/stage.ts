// The stages of a migration as one look-up table (DESIGN section 2).
// Nothing else in the project may branch on a stage's name: ask the plan.

/** The two sides of a migration, fixed for its life. */
export type Side = 'source' | 'target'

export const stages = ['source-only', 'source-first', 'target-first', 'target-only'] as const

/** Where a migration stands; a flag that changes at run time for the whole fleet. */
export type Stage = (typeof stages)[number]

export interface StagePlan {
  /** Side that is authoritative: native writes and reads go there. */
  readonly primary: Side
  /** Whether writes on the primary leave journal entries that the other side follows. */
  readonly journaled: boolean
  /** Stages that one step leads to. */
  readonly neighbours: readonly Stage[]
}

const plans: Record<Stage, StagePlan> = {
  'source-only': { primary: 'source', journaled: false, neighbours: ['source-first'] },
  'source-first': { primary: 'source', journaled: true, neighbours: ['source-only', 'target-first'] },
  'target-first': { primary: 'target', journaled: true, neighbours: ['source-first', 'target-only'] },
  'target-only': { primary: 'target', journaled: false, neighbours: [] },
}

/** `undo: true` keeps the source following in `target-only`, so that the step back stays open. */
const undoPlan: StagePlan = { primary: 'target', journaled: true, neighbours: ['target-first'] }

/** The plan of a stage. `undo` is the migration's option of that name. */
export function stagePlan(stage: Stage, undo = false): StagePlan {
  return undo && stage === 'target-only' ? undoPlan : plans[stage]
}

export function otherSide(side: Side): Side {
  return side === 'source' ? 'target' : 'source'
}

export function isStage(value: unknown): value is Stage {
  return stages.includes(value as Stage)
}

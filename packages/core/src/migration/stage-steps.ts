// The steps from stage to stage that an operator asks for.

import type { Clock } from '../clock.ts'
import { TwinwriteError } from '../errors.ts'
import type { Events, Reporter } from '../events.ts'
import type { Migration } from '../mapping/config.ts'
import type { StageState, StageView } from '../stage-view.ts'
import { type Side, type Stage, stagePlan } from '../stage.ts'
import type { Store } from '../store.ts'
import { barrier, changeFollower } from '../switch/follow.ts'
import { runSwitch, type SwitchReport } from '../switch/switch-stage.ts'
import { coded } from './coded.ts'
import { followed, notFollowed } from './followed.ts'
import { publishStage } from './heard-stage.ts'

/** Longest lag (ms) with which a switch begins; the drain must end within its timeout. */
const maxSwitchLagMs = 5000

export interface StepContext {
  readonly migration: Migration
  readonly clock: Clock
  readonly reporter: Reporter
  readonly view: StageView
  readonly stores: Record<Side, Store>
  /** Store whose rows tell the stage while this side is primary. */
  keeper(primary: Side): Store
  /** Rejects when the mapping can't be carried out. */
  demandMapping(): Promise<void>
  install(): Promise<unknown>
  drainPage(): Promise<number>
}

/** A step that keeps the primary; in the stage that it leads to it only waits for the barrier once more. */
export async function setStage(context: StepContext, to: Stage, barrierTimeoutMs: number): Promise<void> {
  const { migration, clock, view } = context
  const plan = stagePlan(to, migration.undo)
  const before = await coded(() => view.refresh())
  if (before.stage !== to && !before.plan.neighbours.includes(to)) throw noStep(before.stage, to)
  if (plan.primary !== before.plan.primary) throw noStep(before.stage, to, 'That step is switchStage().')
  if (plan.journaled) await context.demandMapping()
  const installs = plan.journaled && !before.installed
  if (installs) await context.install()
  const { reporter } = context
  const began = clock.now()
  const tell = (step: Events['twinwrite:step']['step'], message?: string): void =>
    reporter.publish('twinwrite:step', { step, from: before.stage, to, ms: clock.now() - began, message })
  tell('begun')
  try {
    await coded(() => changeStage(context, before, to, { installs, barrierTimeoutMs, tell }))
  } catch (error) {
    tell('failed', error instanceof Error ? error.message : String(error))
    throw error
  }
  tell('done')
}

interface StepOptions {
  /** Whether the control tables were made just now. */
  readonly installs: boolean
  readonly barrierTimeoutMs: number
  readonly tell: (step: 'barrier' | 'passed') => void
}

async function changeStage(
  context: StepContext,
  before: StageState,
  to: Stage,
  { installs, barrierTimeoutMs, tell }: StepOptions,
): Promise<void> {
  const { migration, clock, view } = context
  const plan = stagePlan(to, migration.undo)
  const { freezeTimeoutMs: lockTimeoutMs, leaseMs } = migration
  const options = { clock, lockTimeoutMs, leaseMs, barrierTimeoutMs }
  const store = context.keeper(plan.primary)
  const seen = await store.readFence()
  if (seen === null) throw new TwinwriteError('TW_NOT_INSTALLED', `the ${store.side} has no fence row`)
  const gap = !before.plan.journaled || !plan.journaled
  if (gap && seen.stage !== to) await notFollowed(store)
  const fence = seen.stage === to ? seen : await changeFollower(store, seen, to, options)
  await view.lookAfresh()
  await publishStage(migration.stageSource, migration.name, to, context.reporter)
  if (!plan.journaled) return
  const fenced = migration.armed || (before.plan.journaled && before.stage !== to)
  if (!fenced) {
    tell('barrier')
    const knownMs = installs ? 0 : ((await store.installedMs()) ?? 0)
    await barrier(store, fence.epoch, knownMs, options)
    tell('passed')
  }
  await followed(store, fence.epoch)
}

export interface SwitchStageOptions {
  /** Reasons not to switch that the caller knows; asked for before the freeze and again in it, while writes wait. */
  readonly closed?: () => Promise<readonly string[]>
  /** Told for how long (ms) no write could commit, where the switch fails behind the begin of its freeze; the report tells it else. */
  readonly paused?: (ms: number) => void
}

/** Moves authority to the other side. */
export async function switchStage(
  context: StepContext,
  to: Stage,
  { closed = () => Promise.resolve([]), paused }: SwitchStageOptions,
): Promise<SwitchReport> {
  const { migration, clock, reporter, view, stores } = context
  if (migration.level === 'unjournaled') {
    throw new TwinwriteError('TW_SWITCH_REFUSED', 'level "unjournaled" has no fence in the source', {
      hint: 'Use level "journaled" for a switch under traffic.',
    })
  }
  const before = await coded(() => view.refresh())
  const plan = stagePlan(to, migration.undo)
  if (!before.plan.neighbours.includes(to)) throw noStep(before.stage, to)
  if (plan.primary === before.plan.primary) throw noStep(before.stage, to, 'That step is setStage().')
  await context.demandMapping()
  const report = await coded(() =>
    runSwitch(
      {
        clock,
        options: { ...migration, maxLagMs: maxSwitchLagMs },
        from: stores[before.plan.primary],
        to: stores[plan.primary],
        fromStage: before.stage,
        toStage: to,
        epoch: before.epoch,
        drainPage: () => context.drainPage(),
        closed,
        paused,
      },
      reporter,
    ),
  )
  await view.lookAfresh()
  await publishStage(migration.stageSource, migration.name, to, reporter)
  return report
}

function noStep(from: Stage, to: Stage, hint?: string): TwinwriteError {
  return new TwinwriteError(
    'TW_STAGE_STEP',
    `no step from ${from} to ${to}`,
    hint === undefined ? {} : { hint },
  )
}

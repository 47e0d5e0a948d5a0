// Three databases for one pair: the two sides of a migration, and a plain one like the source that tells what is right.

import { otherSide, type Side, type Stage, stagePlan, stages } from '@twinwrite/core'
import { freshDatabase, type Engine, type FreshDatabase } from '@twinwrite/testkit'
import { quiet } from '../quiet.ts'
import { type Contents, contentsOf } from './contents.ts'
import { fixture, fixtureOfFloats } from './fixture.ts'
import { makeTables } from './make-tables.ts'
import type { Orm } from './orm.ts'
import { type PlainSession, plainSession } from './plain-session.ts'
import { reset } from './reset.ts'
import type { Subject } from './subject.ts'
import { migrationConfig, tables } from './tables.ts'

export interface Pair {
  readonly source: Engine
  readonly target: Engine
}

export const pairName = ({ source, target }: Pair): string => `${source}>${target}`

export interface World<S extends Subject> {
  readonly orm: Orm<S>
  readonly pair: Pair
  readonly plain: S
  readonly wrapped: S
  readonly stage: Stage
  readonly primary: Side
  /** Whether the other side follows in this stage. */
  readonly followed: boolean
  /** Goes on to a later stage, as an operator would. */
  moveTo(stage: Stage): Promise<void>
  /** Gives all three databases the fixture's rows and equal counters. */
  reset(): Promise<void>
  /** Waits until the other side has followed. */
  drain(): Promise<void>
  contents(which: Side | 'plain'): Promise<Contents>
  end(): Promise<void>
}

/** Short enough for a test; all that they shorten is waiting. */
const timing = { beatMs: 200, leaseMs: 600, pollMs: { min: 5, max: 100 }, counterHeadroom: 10 }

export async function openWorld<S extends Subject>(orm: Orm<S>, pair: Pair): Promise<World<S>> {
  const databases: Record<Side | 'plain', FreshDatabase> = {
    source: await freshDatabase(pair.source),
    target: await freshDatabase(pair.target),
    plain: await freshDatabase(pair.source),
  }
  const sessions = {} as Record<Side | 'plain', PlainSession>
  const closing: (() => Promise<unknown>)[] = []
  const end = async (): Promise<void> => {
    for (const close of closing) await close()
    for (const session of Object.values(sessions)) session.end()
    for (const database of Object.values(databases)) await database.drop()
  }
  try {
    for (const which of ['source', 'target', 'plain'] as const) {
      sessions[which] = await plainSession(databases[which])
      await makeTables(sessions[which], which === 'plain' ? 'source' : which, tables, orm.floatDecimals)
    }
    const plain = orm.plain(databases.plain)
    closing.push(() => plain.end())
    const config = migrationConfig('conformance', tables, pair.source !== pair.target, timing)
    const { subject: wrapped, migration } = orm.wrapped(databases, config)
    closing.push(() => wrapped.end())
    await migration.install()

    let stage: Stage = 'source-only'
    const rows = orm.floatDecimals.some((engine) => engine === pair.source || engine === pair.target)
      ? fixtureOfFloats
      : fixture
    let base = 1000
    const plan = (): ReturnType<typeof stagePlan> => stagePlan(stage, false)
    const resetAll = async (): Promise<void> => {
      base += 1000
      const { primary } = plan()
      const secondary = otherSide(primary)
      await Promise.all([
        reset(sessions.plain, 'source', tables, rows, base),
        reset(sessions[primary], primary, tables, rows, base),
      ])
      await reset(sessions[secondary], secondary, tables, rows, base, true)
    }
    const step = async (to: Stage): Promise<void> => {
      if (stagePlan(to, false).primary === plan().primary) await migration.setStage(to)
      else await migration.switchStage(to)
      stage = to
      if (to === 'source-first') await migration.load()
    }
    return {
      orm,
      pair,
      plain,
      wrapped,
      get stage() {
        return stage
      },
      get primary() {
        return plan().primary
      },
      get followed() {
        return plan().journaled
      },
      moveTo: async (to) => {
        await resetAll()
        while (stage !== to) await step(stages[stages.indexOf(stage) + 1]!)
      },
      reset: resetAll,
      drain: () => quiet(migration),
      contents: (which) => contentsOf(sessions[which], which === 'target' ? 'target' : 'source', tables),
      end,
    }
  } catch (error) {
    await end()
    throw error
  }
}

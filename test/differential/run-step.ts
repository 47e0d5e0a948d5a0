// Runs a step of a program on a client, plain or wrapped, as an app would, and tells what the app saw.

import { describeError } from '../conformance/describe-error.ts'
import type { Runner } from './orm.ts'
import type { Statement, Step, Transaction } from './program.ts'

/** What the app saw of one statement, transaction or savepoint. */
export interface Seen {
  readonly step: Step
  readonly saw: unknown
}

/** The app's own reason to roll back. */
const stop = new Error('rolled back on purpose')

export async function runStep(runner: Runner, step: Step): Promise<Seen[]> {
  const seen: Seen[] = []
  await perform(seen, runner, step)
  return seen
}

async function perform(seen: Seen[], runner: Runner, step: Step): Promise<void> {
  switch (step.do) {
    case 'move':
      seen.push({ step, saw: 'moved' })
      return performAll(seen, runner, step.steps)
    case 'transaction':
      return transaction(seen, runner, step)
    case 'savepoint':
      return inside(seen, step, () =>
        runner.savepoint(async (inner) => {
          await performAll(seen, inner, step.steps)
          if (step.end === 'throw') throw stop
        }),
      )
    case 'together': {
      // Places are kept beforehand: what is told does not depend on which answer comes first.
      const places = step.steps.map((): Seen[] => [])
      const done = await Promise.allSettled(
        step.steps.map((one, index) => perform(places[index]!, runner, one)),
      )
      seen.push(...places.flat())
      for (const one of done) if (one.status === 'rejected') throw one.reason
      return
    }
    default:
      return statement(seen, runner, step)
  }
}

async function performAll(seen: Seen[], runner: Runner, steps: readonly Step[]): Promise<void> {
  for (const step of steps) await perform(seen, runner, step)
}

/** Tells how a transaction or savepoint ended. */
async function inside(seen: Seen[], step: Step, work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
    seen.push({ step, saw: 'committed' })
  } catch (error) {
    seen.push({ step, saw: error === stop ? 'rolled back' : describeError(error) })
  }
}

function transaction(seen: Seen[], runner: Runner, step: Transaction): Promise<void> {
  return inside(seen, step, async () => {
    if (step.form === 'callback') {
      await runner.transaction(step, async (inner) => {
        await performAll(seen, inner, step.steps)
        if (step.end === 'rollback') throw stop
        if (step.end === 'throw') throw new RangeError('thrown by the app')
      })
      return
    }
    const begun = await runner.begin(step)
    try {
      await performAll(seen, begun, step.steps)
    } catch (error) {
      await begun.rollback()
      throw error
    }
    if (step.end === 'commit') await begun.commit()
    else await begun.rollback()
    seen.push({ step, saw: begun.ended() })
  })
}

async function statement(seen: Seen[], runner: Runner, step: Statement): Promise<void> {
  try {
    const answer: unknown = await runner.run(step)
    seen.push({ step, saw: answer })
  } catch (error) {
    seen.push({ step, saw: describeError(error) })
    if (step.uncaught === true) throw error
  }
}

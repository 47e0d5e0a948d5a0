// All cases of an ORM for one pair of engines, through the stages in their order, as a migration goes.

import type { Stage } from '@twinwrite/core'
import type { Engine } from '@twinwrite/testkit'
import type { Orm } from './orm.ts'
import { runCase } from './run-case.ts'
import type { Subject } from './subject.ts'
import { openWorld, type Pair, pairName } from './world.ts'

export interface StageReport {
  readonly orm: string
  readonly source: Engine
  readonly target: Engine
  readonly stage: Stage
  readonly passed: number
  readonly failed: number
  readonly ms: number
  readonly failures: readonly { readonly title: string; readonly wrong: readonly string[] }[]
}

export interface Choice {
  readonly stages: readonly Stage[]
  /** Part of the suite's name or of the case's title. */
  readonly only: string
}

/** A case that hangs is a failure of its own, not of the whole run. */
const longestCaseMs = 180_000

export async function runPair<S extends Subject>(
  orm: Orm<S>,
  pair: Pair,
  { stages, only }: Choice,
  print: (report: StageReport) => void,
): Promise<StageReport[]> {
  checkKnown(orm)
  const reports: StageReport[] = []
  const world = await openWorld(orm, pair)
  try {
    for (const stage of stages) {
      const started = Date.now()
      const failures: { title: string; wrong: string[] }[] = []
      let passed = 0
      await world.moveTo(stage)
      for (const suite of orm.suites) {
        for (const one of suite.cases) {
          const title = `${suite.name}: ${one.title}`
          if (!title.includes(only)) continue
          const wrong = await within(longestCaseMs, () => runCase(world, one, title))
          if (wrong === null) continue
          if (wrong.length === 0) passed++
          else failures.push({ title, wrong })
        }
      }
      const report = {
        orm: orm.name,
        ...pair,
        stage,
        passed,
        failed: failures.length,
        ms: Date.now() - started,
        failures,
      }
      print(report)
      reports.push(report)
    }
  } catch (error) {
    throw new Error(`${orm.name} ${pairName(pair)}: the run broke off`, { cause: error })
  } finally {
    await world.end()
  }
  return reports
}

function checkKnown<S extends Subject>({ suites, knownDifferences }: Orm<S>): void {
  const titles = new Set(suites.flatMap(({ name, cases }) => cases.map(({ title }) => `${name}: ${title}`)))
  for (const { title } of knownDifferences) {
    if (!titles.has(title)) throw new Error(`a difference is known of "${title}", but there is no such case`)
  }
}

async function within(ms: number, work: () => Promise<string[] | null>): Promise<string[] | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string[]>((resolve) => {
    timer = setTimeout(() => resolve([`no end after ${ms} ms`]), ms)
  })
  try {
    return await Promise.race([work().catch((error: unknown) => [String(error)]), late])
  } finally {
    clearTimeout(timer)
  }
}

// Chooses how a statement's keys are found, once per scan and side.

import type { FoldedWrite, WriteScan } from '../write/write-side.ts'
import type { Captured, CaptureRequest, CaptureSide } from './capture.ts'
import type { CapturePlan } from './capture-plan.ts'
import { captureTraits } from './capture-traits.ts'
import { givenPlan } from './given-plans.ts'
import { returningPlan } from './returning-plans.ts'
import { refuseOtherNames, writtenTables } from './written-table.ts'

const plans = new WeakMap<CaptureSide, WeakMap<WriteScan, CapturePlan>>()

/** @throws TwinwriteError `TW_CAPTURE_REFUSED` */
export function planOf(
  { side, call }: { readonly side: CaptureSide; readonly call: { readonly sql: string } },
  scan: WriteScan,
): CapturePlan {
  let known = plans.get(side)
  if (known === undefined) plans.set(side, (known = new WeakMap()))
  let plan = known.get(scan)
  if (plan === undefined) known.set(scan, (plan = choose(side, scan, call.sql)))
  return plan
}

function choose(side: CaptureSide, scan: WriteScan, sql: string): CapturePlan {
  refuseOtherNames(side, scan)
  const written = writtenTables(side, scan)
  const [first] = written
  if (first === undefined) return untouched
  return captureTraits[side.dialect.engine].returning === 'all'
    ? returningPlan(side, first, scan, sql)
    : (givenPlan(side, written, scan, sql) ?? untouched)
}

/** Writes no mapped table. */
const untouched: CapturePlan = {
  capture: async <R>({ call }: CaptureRequest<R>): Promise<Captured<R>> => ({
    response: await call.run(call),
    changes: [],
  }),
  fold: <R>(): FoldedWrite<R> | null => null,
}

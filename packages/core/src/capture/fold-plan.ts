// A write that needs no other statement can carry its own journal entries and fence check (PostgreSQL, autocommit).

import type { FoldPlan, WriteScan } from '../write/write-side.ts'
import type { CaptureRequest } from './capture.ts'
import { planOf } from './plan-of.ts'

/** Null when the statement can't be done in one. @throws TwinwriteError `TW_CAPTURE_REFUSED` */
export function foldPlan<R>(request: CaptureRequest<R>, scan: WriteScan): FoldPlan<R> | null {
  const folded = planOf(request, scan).fold(request)
  if (folded === null) return null
  const { write, table, keyColumns, op } = folded
  return { write, table, keyColumns, op, finish: (raw) => folded.finish(request.connection.shape, raw) }
}

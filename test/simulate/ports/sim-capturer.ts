// Capture for the little language: the simulated server itself tells which rows a statement touched.

import type { Captured } from '../../../packages/core/src/capture/capture.ts'
import type { Capturer } from '../../../packages/core/src/write/write-side.ts'
import type { SimResponse } from '../server/response.ts'
import { scanOf } from './sim-statement.ts'

/** @param folds whether the side's dialect can put journal and fence into the statement itself */
export function simCapturer(folds: boolean): Capturer {
  return {
    scan: scanOf,
    isMapped: () => true,
    touches: () => [],
    async capture({ call }) {
      return captured(await call.run(call))
    },
    fold({ call }, _scan, epoch) {
      if (!folds) return null
      const sql = epoch === null ? call.sql : `fold ${epoch} ${call.sql}`
      return { sent: { sql, bindings: call.bindings }, origin: () => null, finish: captured }
    },
  }
}

/** Responses of the simulated connection are the only ones that this capturer ever sees. */
function captured<R>(response: R): Captured<R> {
  return { response, changes: (response as SimResponse).changes }
}

// An UPDATE that assigns the key, as ORMs do when they write whole rows back: `SET id = 5, .. WHERE id = 5` leaves it
// as it is, which the given values tell without a read.

import type { UpdateScan } from '../scan/statement.ts'
import type { Captured, CaptureRequest, CaptureSide } from './capture.ts'
import type { FoldedWrite } from '../write/write-side.ts'
import type { CapturePlan } from './capture-plan.ts'
import { keepsKey } from './key-assignment.ts'
import type { WrittenTable } from './written-table.ts'

export class UnlessKeyKept implements CapturePlan {
  readonly #kept: (bindings: readonly unknown[]) => boolean
  readonly #plain: CapturePlan
  readonly #moving: CapturePlan

  constructor(
    side: CaptureSide,
    { table }: WrittenTable,
    scan: UpdateScan,
    plain: CapturePlan,
    moving: CapturePlan,
  ) {
    this.#kept = (bindings) => keepsKey(side, table, scan, bindings)
    this.#plain = plain
    this.#moving = moving
  }

  capture<R>(request: CaptureRequest<R>): Promise<Captured<R>> {
    return this.#planFor(request).capture(request)
  }

  fold<R>(request: CaptureRequest<R>, epoch: number | null): FoldedWrite<R> | null {
    return this.#planFor(request).fold(request, epoch)
  }

  #planFor<R>(request: CaptureRequest<R>): CapturePlan {
    return this.#kept(request.call.bindings) ? this.#plain : this.#moving
  }
}

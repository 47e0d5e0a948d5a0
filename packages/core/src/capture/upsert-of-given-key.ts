// An upsert that gives the row which it meets its own key again: whether it does is seen in the values of each call.

import type { InsertScan } from '../scan/statement.ts'
import type { FoldedWrite } from '../write/write-side.ts'
import type { Captured, CaptureRequest } from './capture.ts'
import type { CapturePlan } from './capture-plan.ts'
import { refuseUpsertOfKey } from './key-assignment.ts'
import type { WrittenTable } from './written-table.ts'

export class UpsertOfGivenKey implements CapturePlan {
  readonly #written: WrittenTable
  readonly #scan: InsertScan
  readonly #plain: CapturePlan

  constructor(written: WrittenTable, scan: InsertScan, plain: CapturePlan) {
    this.#written = written
    this.#scan = scan
    this.#plain = plain
  }

  async capture<R>(request: CaptureRequest<R>): Promise<Captured<R>> {
    this.#check(request)
    return this.#plain.capture(request)
  }

  fold<R>(request: CaptureRequest<R>, epoch: number | null): FoldedWrite<R> | null {
    this.#check(request)
    return this.#plain.fold(request, epoch)
  }

  #check<R>({ side, call }: CaptureRequest<R>): void {
    refuseUpsertOfKey(side, this.#written.table, this.#scan, call.bindings)
  }
}

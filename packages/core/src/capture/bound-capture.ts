// MySQL and MariaDB: UPDATE and DELETE of one or several tables. The keys are those that WHERE names beyond doubt, or
// they are read and locked first, and the statement is bound to them. Upholds W1, W10 (failure cases m, p).

import type { Change } from '../change.ts'
import type { DeleteScan, UpdateScan } from '../scan/statement.ts'
import type { Captured, CaptureRequest, CaptureSide } from './capture.ts'
import { type CapturePlan, runRewritten } from './capture-plan.ts'
import { ExactKey } from './exact-key.ts'
import { expandActions, type Reaction, referencedColumns } from './foreign-key-actions.ts'
import {
  changesOf,
  checkPreReadable,
  pinnedText,
  preRead,
  preReadTables,
  type PreReadTable,
} from './pre-read.ts'
import type { WrittenTable } from './written-table.ts'

export interface BoundTable {
  readonly written: WrittenTable
  readonly reactions: readonly Reaction[]
}

export class BoundCapture implements CapturePlan {
  readonly #scan: UpdateScan | DeleteScan
  readonly #tables: readonly BoundTable[]
  readonly #reads: readonly PreReadTable[]
  readonly #exact: ExactKey | null

  constructor(side: CaptureSide, tables: readonly BoundTable[], scan: UpdateScan | DeleteScan, sql: string) {
    this.#scan = scan
    this.#tables = tables
    for (const { written } of tables) checkPreReadable(side, written, scan, sql)
    this.#reads = preReadTables(
      side,
      tables.map(({ written, reactions }) => ({
        written,
        extras: referencedColumns(written.table, reactions),
      })),
    )
    const alone = tables.length === 1 && tables[0]!.reactions.length === 0
    this.#exact = alone ? new ExactKey(tables[0]!.written.table, scan) : null
  }

  async capture<R>(request: CaptureRequest<R>): Promise<Captured<R>> {
    const { call, connection } = request
    const keys = this.#exact?.keys(call.bindings) ?? null
    if (keys === null) return this.#readFirst(request)
    const response = await call.run(call)
    if (connection.shape.unchanged(response)) return { response, changes: [] }
    const table = this.#tables[0]!.written.table.mapping
    return { response, changes: keys.map((key): Change => ({ table, key, op: this.#scan.kind })) }
  }

  fold(): null {
    return null
  }

  async #readFirst<R>(request: CaptureRequest<R>): Promise<Captured<R>> {
    const { side, connection } = request
    const read = await preRead(request, this.#scan, this.#reads)
    const children: Change[] = []
    for (const [index, { written, reactions }] of this.#tables.entries()) {
      children.push(...(await expandActions(side, connection, written.table, reactions, read[index]!.rows)))
    }
    const text = pinnedText(request, this.#scan, this.#reads, read, '')
    const response = await runRewritten(request, text.build(), (offset) => text.origin(offset))
    if (connection.shape.unchanged(response)) return { response, changes: [] }
    return { response, changes: [...children, ...changesOf(this.#reads, read, this.#scan.kind)] }
  }
}

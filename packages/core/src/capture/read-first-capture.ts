// Statements whose touched keys can't be had from the statement alone: it gives rows another key, or the server
// changes children along with it. The rows are read and locked first, and the statement is bound to them.
// Upholds W1, W10 (failure cases m, p).

import type { Change } from '../change.ts'
import type { UpdateScan, DeleteScan } from '../scan/statement.ts'
import type { Captured, CaptureRequest, CaptureSide } from './capture.ts'
import type { FoldedWrite } from '../write/write-side.ts'
import { type CapturePlan, runRewritten } from './capture-plan.ts'
import { expandActions, movedChildren, type Reaction, referencedColumns } from './foreign-key-actions.ts'
import { decodeKey } from '../key.ts'
import {
  changesOf,
  checkPreReadable,
  pinnedText,
  preRead,
  preReadTables,
  type PreReadTable,
} from './pre-read.ts'
import { readRows } from './read-rows.ts'
import type { ReturningCapture } from './returning-capture.ts'
import type { WrittenTable } from './written-table.ts'

/** On engines where every write returns its rows. `returning`: the plan of the statement alone. */
export class ReadFirstCapture implements CapturePlan {
  readonly #scan: UpdateScan | DeleteScan
  readonly #written: WrittenTable
  readonly #reactions: readonly Reaction[]
  readonly #returning: ReturningCapture
  readonly #tables: readonly PreReadTable[]

  constructor(
    side: CaptureSide,
    written: WrittenTable,
    scan: UpdateScan | DeleteScan,
    sql: string,
    reactions: readonly Reaction[],
    returning: ReturningCapture,
  ) {
    checkPreReadable(side, written, scan, sql)
    this.#scan = scan
    this.#written = written
    this.#reactions = reactions
    this.#returning = returning
    this.#tables = preReadTables(side, [{ written, extras: referencedColumns(written.table, reactions) }])
  }

  async capture<R>(request: CaptureRequest<R>): Promise<Captured<R>> {
    const { side, connection } = request
    const { table } = this.#written
    const read = await preRead(request, this.#scan, this.#tables)
    const before = read[0]!.rows
    const children = await expandActions(side, connection, table, this.#reactions, before)

    const text = pinnedText(request, this.#scan, this.#tables, read, this.#returning.suffix)
    const raw = await runRewritten(request, text.build(), (offset) => text.origin(offset))
    const { response, changes } = await this.#returning.finishOn(connection, raw)

    if (this.#scan.kind === 'delete') {
      return { response, changes: [...children, ...changesOf(this.#tables, read, 'delete')] }
    }
    const moved = this.#reactions.some(({ movesKey }) => movesKey)
    const after = moved
      ? await readRows(
          side,
          connection,
          table,
          table.key,
          changes.map(({ key }) => decodeKey(key, table.key.length)),
          referencedColumns(table, this.#reactions),
          'written',
        )
      : []
    const followers = await movedChildren(side, connection, table, this.#reactions, after)
    return {
      response,
      changes: [
        ...children,
        ...movedRows(
          table.mapping,
          before.map(({ key }) => key),
          changes.map(({ key }) => key),
        ),
        ...followers,
      ],
    }
  }

  fold<R>(): FoldedWrite<R> | null {
    return null
  }
}

/** Rows that an update left under their key, took it away from, or gave it to. */
export function movedRows(table: string, before: readonly string[], after: readonly string[]): Change[] {
  const old = new Set(before)
  const now = new Set(after)
  return [
    ...before.filter((key) => !now.has(key)).map((key): Change => ({ table, key, op: 'delete' })),
    ...after.map((key): Change => ({ table, key, op: old.has(key) ? 'update' : 'insert' })),
  ]
}

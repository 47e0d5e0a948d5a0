// PostgreSQL and SQLite: the statement itself returns the keys of the rows that it touched, in columns of ours behind
// its own ones. One statement, no race, nothing to guess. Upholds W1, W10.

import type { Change } from '../change.ts'
import type { Key } from '../key.ts'
import type { Statement } from '../statement.ts'
import type { WriteScan } from '../write/write-side.ts'
import type { Captured, CaptureRequest, CaptureSide } from './capture.ts'
import { type CapturePlan, type FoldedWrite, originBefore, runRewritten } from './capture-plan.ts'
import { captureTraits } from './capture-traits.ts'
import type { NativeConnection, ResponseRestore, ResponseShape } from './native-connection.ts'
import { aliasesOf, isServerText, keyReader, selectList } from './touched-key.ts'
import type { WrittenTable } from './written-table.ts'

const idAlias = '_tw_id'

export class ReturningCapture implements CapturePlan {
  readonly #scan: WriteScan
  readonly #mapping: string
  readonly #op: Change['op']
  readonly #command: string
  readonly #suffix: string
  readonly #ours: readonly string[]
  readonly #keyColumns: readonly string[]
  readonly #key: (row: Record<string, unknown>) => Key
  readonly #lastId: Statement | null
  readonly #folds: boolean
  /** Metadata of the app's own columns, once a response had them. */
  #columns: unknown = undefined

  constructor(side: CaptureSide, written: WrittenTable, scan: WriteScan) {
    const { dialect } = side
    const traits = captureTraits[dialect.engine]
    const { table } = written
    const joined = scan.kind === 'update' ? scan.from !== null : scan.kind === 'delete' && scan.using !== null
    const reference = joined && traits.qualifiesReturning ? written.reference : null
    this.#scan = scan
    this.#mapping = table.mapping
    this.#op = scan.kind
    this.#command = scan.kind.toUpperCase()
    this.#keyColumns = aliasesOf(table)
    this.#key = keyReader(dialect, table)
    this.#folds = traits.folds && isServerText(table)
    const id = traits.lastId === null ? null : `${traits.lastId} AS ${dialect.quote(idAlias)}`
    this.#lastId = id === null ? null : { sql: `SELECT ${id}`, bindings: [] }
    this.#ours = id === null ? this.#keyColumns : [...this.#keyColumns, idAlias]
    const list = selectList(dialect, reference, table.key, this.#keyColumns)
    this.#suffix = `${scan.returning === null ? ' RETURNING ' : ', '}${list}${id === null ? '' : `, ${id}`}`
  }

  /** What stands behind the statement, for those who rewrite more of it. */
  get suffix(): string {
    return this.#suffix
  }

  async capture<R>(request: CaptureRequest<R>): Promise<Captured<R>> {
    const { sql, bindings } = request.call
    const at = this.#scan.insertReturningAt
    const sent = { sql: sql.slice(0, at) + this.#suffix + sql.slice(at), bindings }
    return this.finishOn(request.connection, await runRewritten(request, sent, originBefore(at)))
  }

  /** As `finish`; asks for the last generated id where the driver reports it and no row told. */
  async finishOn<R>(connection: NativeConnection<R>, raw: R): Promise<Captured<R>> {
    const { shape } = connection
    const asks = this.#lastId !== null && this.#scan.returning === null && shape.rows(raw).length === 0
    const answer = asks ? shape.rows(await connection.own(this.#lastId))[0] : undefined
    const captured = this.#finish(shape, raw, answer, undefined)
    if (this.#folds && this.#scan.returning !== null && this.#columns === undefined) {
      this.#columns = shape.columns(captured.response)
    }
    return captured
  }

  fold<R>({ call }: CaptureRequest<R>): FoldedWrite<R> | null {
    // The first run tells the metadata of returned columns, which a folded statement loses.
    if (!this.#folds || (this.#scan.returning !== null && this.#columns === undefined)) return null
    return {
      write: call.sql.slice(0, this.#scan.insertReturningAt) + this.#suffix,
      table: this.#mapping,
      keyColumns: this.#keyColumns,
      op: this.#op,
      finish: (shape, raw) => this.#finish(shape, raw, undefined, this.#columns),
    }
  }

  #finish<R>(
    shape: ResponseShape<R>,
    raw: R,
    answer: Record<string, unknown> | undefined,
    columns: unknown,
  ): Captured<R> {
    const rows = shape.rows(raw)
    const changes: Change[] = []
    for (const row of rows) changes.push({ table: this.#mapping, key: this.#key(row), op: this.#op })
    const restore: ResponseRestore = {
      returnsRows: this.#scan.returning !== null,
      command: this.#command,
      affected: rows.length,
      insertId: (rows.at(-1) ?? answer)?.[idAlias] as ResponseRestore['insertId'],
      columns,
    }
    return { response: shape.strip(raw, this.#ours, restore), changes }
  }
}

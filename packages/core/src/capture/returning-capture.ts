// PostgreSQL and SQLite: the statement itself returns the keys of the rows that it touched, in columns of ours behind
// its own ones. One statement, no race, nothing to guess. Upholds W1, W10.

import type { Change } from '../change.ts'
import type { SqlDialect } from '../dialect.ts'
import type { Key } from '../key.ts'
import type { Statement } from '../statement.ts'
import type { FoldedWrite, WriteScan } from '../write/write-side.ts'
import type { Captured, CaptureRequest, CaptureSide } from './capture.ts'
import { type CapturePlan, originBefore, runRewritten } from './capture-plan.ts'
import { captureTraits } from './capture-traits.ts'
import type { NativeConnection, ResponseRestore, ResponseShape } from './native-connection.ts'
import { aliasesOf, canonicalTexts, isServerText, keyReader, selectList, textOf } from './touched-key.ts'
import type { WrittenTable } from './written-table.ts'

const idAlias = '_tw_id'
const keyAlias = '_tw_key'

export class ReturningCapture implements CapturePlan {
  readonly #dialect: SqlDialect
  readonly #scan: WriteScan
  readonly #mapping: string
  readonly #op: Change['op']
  readonly #command: string
  readonly #suffix: string
  readonly #ours: readonly string[]
  readonly #key: (row: Record<string, unknown>) => Key
  readonly #lastId: Statement | null
  /** What stands behind the statement when it journals by itself; null where it can't. */
  readonly #folded: (epoch: number) => string | null

  constructor(side: CaptureSide, written: WrittenTable, scan: WriteScan) {
    const { dialect } = side
    const traits = captureTraits[dialect.engine]
    const { table } = written
    const joined = scan.kind === 'update' ? scan.from !== null : scan.kind === 'delete' && scan.using !== null
    const reference = joined && traits.qualifiesReturning ? written.reference : null
    this.#dialect = dialect
    this.#scan = scan
    this.#mapping = table.mapping
    this.#op = scan.kind
    this.#command = scan.kind.toUpperCase()
    const aliases = aliasesOf(table)
    this.#key = keyReader(dialect, table)
    const id = traits.lastId === null ? null : `${traits.lastId} AS ${dialect.quote(idAlias)}`
    this.#lastId = id === null ? null : { sql: `SELECT ${id}`, bindings: [] }
    this.#ours = id === null ? aliases : [...aliases, idAlias]
    const list = selectList(dialect, reference, table.key, aliases)
    const begin = scan.returning === null ? ' RETURNING ' : ', '
    this.#suffix = `${begin}${list}${id === null ? '' : `, ${id}`}`
    const parts = canonicalTexts(dialect, reference, table.key)
    this.#folded = ofLatest((epoch) => {
      const journaled = isServerText(table) ? dialect.fold(table.mapping, parts, scan.kind, epoch) : null
      return journaled === null ? null : `${begin}${journaled} AS ${dialect.quote(keyAlias)}`
    })
  }

  /** What stands behind the statement, for those who rewrite more of it. */
  get suffix(): string {
    return this.#suffix
  }

  async capture<R>(request: CaptureRequest<R>): Promise<Captured<R>> {
    const sent = this.#sent(request.call, this.#suffix)
    const raw = await runRewritten(request, sent, originBefore(this.#scan.insertReturningAt))
    return this.finishOn(request.connection, raw)
  }

  /** As `finish`; asks for the last generated id where the driver reports it and no row told. */
  async finishOn<R>(connection: NativeConnection<R>, raw: R): Promise<Captured<R>> {
    const { shape } = connection
    const asks = this.#lastId !== null && this.#scan.returning === null && shape.rows(raw).length === 0
    const answer = asks ? shape.rows(await connection.own(this.#lastId))[0] : undefined
    return this.#finish(shape, raw, this.#ours, this.#key, answer)
  }

  fold<R>({ call, connection: { shape } }: CaptureRequest<R>, epoch: number | null): FoldedWrite<R> | null {
    const suffix = epoch === null ? this.#suffix : this.#folded(epoch)
    if (suffix === null || this.#lastId !== null) return null
    return {
      sent: this.#sent(call, suffix),
      origin: originBefore(this.#scan.insertReturningAt),
      finish: (raw) =>
        epoch === null
          ? this.#finish(shape, raw, this.#ours, this.#key, undefined)
          : this.#finish(shape, raw, [keyAlias], (row) => textOf(this.#dialect, row[keyAlias]), undefined),
    }
  }

  #sent({ sql, bindings }: Statement, suffix: string): Statement {
    const at = this.#scan.insertReturningAt
    return { sql: sql.slice(0, at) + suffix + sql.slice(at), bindings }
  }

  #finish<R>(
    shape: ResponseShape<R>,
    raw: R,
    ours: readonly string[],
    key: (row: Record<string, unknown>) => Key,
    answer: Record<string, unknown> | undefined,
  ): Captured<R> {
    const rows = shape.rows(raw)
    const changes = rows.map((row): Change => ({ table: this.#mapping, key: key(row), op: this.#op }))
    const restore: ResponseRestore = {
      returnsRows: this.#scan.returning !== null,
      command: this.#command,
      affected: rows.length,
      insertId: (rows.at(-1) ?? answer)?.[idAlias] as ResponseRestore['insertId'],
    }
    return { response: shape.strip(raw, ours, restore), changes }
  }
}

/** Epochs are rare, and their suffix is needed for every write. */
function ofLatest<T>(make: (epoch: number) => T): (epoch: number) => T {
  let latest: { readonly epoch: number; readonly value: T } | undefined
  return (epoch) => {
    if (latest?.epoch !== epoch) latest = { epoch, value: make(epoch) }
    return latest.value
  }
}

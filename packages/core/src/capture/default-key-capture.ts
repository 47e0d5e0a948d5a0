// MariaDB: INSERT that leaves a key to a default of the table, `id uuid DEFAULT uuid()`. The rows return their keys; the
// answer that the server then no longer gives is put together again from what is known of it. Upholds W1, W10.
// https://mariadb.com/kb/en/insertreturning/

import type { Change } from '../change.ts'
import type { SqlDialect } from '../dialect.ts'
import type { Column } from '../catalog.ts'
import type { Key } from '../key.ts'
import type { InsertScan } from '../scan/statement.ts'
import type { Captured, CaptureRequest, CaptureSide } from './capture.ts'
import { type CapturePlan, originBefore, runRewritten } from './capture-plan.ts'
import type { ResponseRestore } from './native-connection.ts'
import { givenFor, type InsertRows } from './insert-rows.ts'
import { provenText } from './proven-text.ts'
import { aliasesOf, keyReader, selectList, textOf } from './touched-key.ts'
import type { WrittenTable } from './written-table.ts'

const idAlias = '_tw_id'
const warningsAlias = '_tw_warnings'

export class DefaultKeyCapture implements CapturePlan {
  readonly #scan: InsertScan
  readonly #mapping: string
  readonly #rows: InsertRows
  readonly #counter: Column | undefined
  readonly #dialect: SqlDialect
  readonly #key: (row: Record<string, unknown>) => Key
  readonly #suffix: string
  readonly #ours: readonly string[]

  constructor(side: CaptureSide, { table }: WrittenTable, scan: InsertScan, rows: InsertRows) {
    this.#scan = scan
    this.#mapping = table.mapping
    this.#rows = rows
    this.#counter = table.table.columns.find(({ counter }) => counter)
    this.#dialect = side.dialect
    this.#key = keyReader(side.dialect, table)
    const counters = this.#counter === undefined ? [] : [this.#counter]
    this.#ours = [...aliasesOf(table), ...counters.map(() => idAlias)]
    this.#suffix = ` RETURNING ${selectList(side.dialect, null, [...table.key, ...counters], this.#ours)}`
  }

  async capture<R>(request: CaptureRequest<R>): Promise<Captured<R>> {
    const { connection, call } = request
    const { shape } = connection
    const at = this.#scan.insertReturningAt
    const sql = call.sql.slice(0, at) + this.#suffix + call.sql.slice(at)
    const raw = await runRewritten(request, { sql, bindings: call.bindings }, originBefore(at))
    const counted = `SELECT @@warning_count AS \`${warningsAlias}\``
    const [answer] = shape.rows(await connection.own({ sql: counted, bindings: [] }))
    const warnings = Number(answer![warningsAlias])
    const rows = shape.rows(raw)
    const changes = rows.map((row): Change => ({ table: this.#mapping, key: this.#key(row), op: 'insert' }))
    const restore: ResponseRestore = {
      returnsRows: false,
      affected: rows.length,
      insertId: this.#insertId(rows, call.bindings),
      info: rows.length > 1 ? `Records: ${rows.length}  Duplicates: 0  Warnings: ${warnings}` : '',
      warnings,
    }
    return { response: shape.strip(raw, this.#ours, restore), changes }
  }

  fold(): null {
    return null
  }

  /** The first number that was generated, else that of the last row. */
  #insertId(
    rows: readonly Record<string, unknown>[],
    bindings: readonly unknown[],
  ): ResponseRestore['insertId'] {
    const counter = this.#counter
    if (counter === undefined) return 0
    const generated = rows.findIndex((_, row) => {
      const given = givenFor(counter, this.#rows.cell(row, counter.name), bindings)
      return given.type !== 'value' || (provenText(counter, given.value, bindings) ?? '0') === '0'
    })
    const id = BigInt.asIntN(64, BigInt(textOf(this.#dialect, rows.at(generated)![idAlias])))
    return Number.isSafeInteger(Number(id)) ? Number(id) : String(id)
  }
}

// MySQL and MariaDB: INSERT .. VALUES and INSERT .. SET. The statement runs as it is, so that its answer is its own;
// keys come from given values whose text is beyond doubt, from generated ids, and for the rest from a read by the
// given values. Upholds W1, W4, W10 (failure case k).

import type { Change } from '../change.ts'
import { encodeKey, type Key } from '../key.ts'
import type { Column } from '../catalog.ts'
import type { Expr, InsertScan } from '../scan/statement.ts'
import type { SideTable } from '../mapping/side-table.ts'
import type { Captured, CaptureRequest } from './capture.ts'
import { type CapturePlan, runRewritten } from './capture-plan.ts'
import {
  type ComputedCell,
  evaluateCells,
  type Evaluated,
  isComputed,
  withEvaluated,
} from './evaluated-cells.ts'
import { idsInSteps, idText, keysFrom } from './generated-ids.ts'
import { isFoundAgain, isRounded } from './found-again.ts'
import { isTooLong } from './given-cells.ts'
import { type Given, givenFor, type InsertRows } from './insert-rows.ts'
import { isStoredAs, provenText } from './proven-text.ts'
import { areFound, readGiven } from './read-given.ts'
import { refusal, storedOtherwise } from './refusal.ts'

/** One part of a row's key before the statement runs. */
type Part =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'cell'; readonly cell: Expr }
  | { readonly type: 'generated' }

export interface InsertedKeys {
  /** Runs after the statement. */
  find<R>(request: CaptureRequest<R>, response: R): Promise<Key[]>
  readonly evaluated: Evaluated
}

export class InsertCapture implements CapturePlan {
  readonly #scan: InsertScan
  readonly #table: SideTable
  readonly #rows: InsertRows

  constructor(table: SideTable, scan: InsertScan, rows: InsertRows) {
    this.#scan = scan
    this.#table = table
    this.#rows = rows
  }

  async capture<R>(request: CaptureRequest<R>): Promise<Captured<R>> {
    const keys = await this.prepare(request)
    const response = await this.run(request, keys.evaluated)
    const found = await keys.find(request, response)
    const table = this.#table.mapping
    return { response, changes: found.map((key): Change => ({ table, key, op: 'insert' })) }
  }

  fold(): null {
    return null
  }

  run<R>(request: CaptureRequest<R>, evaluated: Evaluated): Promise<R> {
    if (evaluated.size === 0) return request.call.run(request.call)
    const text = withEvaluated(request, this.#scan, evaluated)
    return runRewritten(request, text.build(), (offset) => text.origin(offset))
  }

  /** What is to be known before the statement runs. @throws TwinwriteError `TW_CAPTURE_REFUSED` */
  async prepare<R>(request: CaptureRequest<R>, evaluatedBefore?: Evaluated): Promise<InsertedKeys> {
    const { bindings } = request.call
    const evaluated = evaluatedBefore ?? (await this.#evaluate(request))
    const rows: Part[][] = []
    for (let row = 0; row < this.#rows.count; row++) {
      rows.push(this.#table.key.map((column) => this.#part(column, row, bindings, evaluated)))
    }
    return { evaluated, find: (asked, response) => this.#find(asked, response, rows, evaluated) }
  }

  /** Not for the counter of a single row, whose value is reported whatever it was computed from. */
  #evaluate<R>(request: CaptureRequest<R>): Promise<Evaluated> {
    const cells: ComputedCell[] = []
    for (const column of this.#table.key) {
      if (column.counter && this.#rows.count === 1) continue
      for (let row = 0; row < this.#rows.count; row++) {
        const cell = this.#rows.cell(row, column.name)
        if (cell !== null && cell.type !== 'default' && isComputed(cell)) cells.push({ cell, column })
      }
    }
    return evaluateCells(request, this.#table.mapping, this.#scan, cells)
  }

  #part(column: Column, row: number, bindings: readonly unknown[], evaluated: Evaluated): Part {
    const given = givenFor(column, this.#rows.cell(row, column.name), bindings)
    if (given.type === 'counter') return { type: 'generated' }
    if (given.type !== 'value') throw this.#unknown(column, given)
    if (Array.isArray(bindingOf(given.value, bindings))) {
      throw refusal(this.#table.mapping, 'An array bound to one parameter', 'Bind each value by itself.')
    }
    const known = evaluated.get(given.value)?.text ?? null
    const text =
      known === null ? provenText(column, given.value, bindings) : isStoredAs(column, known) ? known : null
    // Zero asks for a number, too, unless sql_mode says NO_AUTO_VALUE_ON_ZERO.
    if (text === null || (column.counter && text === '0')) {
      if (column.counter && this.#rows.count === 1) return { type: 'generated' }
      if (isRounded(column, given.value, bindings)) throw this.#lost()
      return { type: 'cell', cell: given.value }
    }
    return { type: 'text', text }
  }

  #unknown(column: Column, given: Given): Error {
    const construct = `INSERT that leaves "${column.name}" of the key ${given.type === 'null' ? 'NULL' : 'to its default'}`
    return refusal(this.#table.mapping, construct, `Give a value for "${column.name}".`)
  }

  async #find<R>(
    request: CaptureRequest<R>,
    response: R,
    rows: readonly Part[][],
    evaluated: Evaluated,
  ): Promise<Key[]> {
    const { side, connection, call } = request
    const { shape } = connection
    const affected = this.#scan.verb === 'replace' ? rows.length : shape.affected(response)
    if (affected === 0) return []
    const certain = rows.filter((parts) => parts.every(({ type }) => type === 'text'))
    const keys = certain.map((parts) => encodeKey(parts.map((part) => (part as { text: string }).text)))
    if (certain.length === rows.length) return keys

    const counter = this.#table.key.find((column) => column.counter)
    const generated = rows.filter((parts) => parts.some(({ type }) => type === 'generated'))
    const isZero = ({ type }: Part, index: number): boolean =>
      type === 'cell' && this.#table.key[index] === counter
    const uncertainCounter = rows.some((parts) => parts.some(isZero))
    const given = rows.filter(
      (parts) => parts.some(({ type }) => type === 'cell') && !generated.includes(parts),
    )
    const first = shape.insertId(response)

    const wholly =
      generated.length === rows.length && !rows.some((parts) => parts.some(({ type }) => type === 'cell'))
    if (wholly && counter !== undefined) {
      if (first === null) return rows.length === 1 ? [this.#withId(rows[0]!, '0')] : keys
      if (affected === rows.length || this.#table.key.length === 1) {
        const ids = await idsInSteps(connection, first, affected)
        return ids.map((id, index) => this.#withId(rows[index]!, idText(counter, id)))
      }
    }
    if ((generated.length > 0 || uncertainCounter) && counter !== undefined && first !== null) {
      const known = new Set(certain.map((parts) => textAt(parts, this.#table.key.indexOf(counter))))
      // With no row left to generate an id for, the last given one is reported.
      if (!known.has(idText(counter, first))) {
        keys.push(...(await keysFrom(side, connection, this.#table, counter, BigInt(idText(counter, first)))))
      }
    }
    if (given.length > 0) {
      const read = await readGiven(request, this.#scan, this.#table, given.map(cellsOf), evaluated)
      const all = this.#scan.ignore === null && this.#scan.verb === 'insert' && !uncertainCounter
      if (read.length < given.length) {
        if (all) throw this.#lost()
        // Rows may be missing, such as ignored ones; but none only because it is stored in another form.
        const doubtful = given.filter((parts) => this.#isDoubtful(parts, call.bindings))
        const columns = this.#table.key
        const rows = doubtful.map((parts) => [{ columns, rows: [cellsOf(parts)] }])
        if (!(await areFound(request, this.#scan, this.#table, rows, evaluated))) throw this.#lost()
      }
      keys.push(...read)
    }
    if (given.some((parts) => this.#mayBeCut(parts, call.bindings))) throw this.#lost()
    return [...new Set(keys)]
  }

  #isDoubtful(parts: readonly Part[], bindings: readonly unknown[]): boolean {
    return parts.some(
      (part, index) => part.type === 'cell' && !isFoundAgain(this.#table.key[index]!, part.cell, bindings),
    )
  }

  #withId(parts: readonly Part[], id: string): Key {
    return encodeKey(parts.map((part) => (part.type === 'text' ? part.text : id)))
  }

  #mayBeCut(parts: readonly Part[], bindings: readonly unknown[]): boolean {
    return parts.some(
      (part, index) => part.type === 'cell' && isTooLong(this.#table.key[index]!, part.cell, bindings),
    )
  }

  #lost(): Error {
    return storedOtherwise(this.#table, 'INSERT')
  }
}

function textAt(parts: readonly Part[], index: number): string {
  const part = parts[index]!
  return part.type === 'text' ? part.text : ''
}

/** What the row's key must equal: its cells, and canonical texts. */
function cellsOf(parts: readonly Part[]): (Expr | string)[] {
  return parts.map((part) => (part.type === 'cell' ? part.cell : (part as { text: string }).text))
}

function bindingOf(value: Expr, bindings: readonly unknown[]): unknown {
  return value.type === 'placeholder' ? bindings[value.param] : undefined
}

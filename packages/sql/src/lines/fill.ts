// One chunk of a load as one transaction on the side that is filled: fence under its shared lock, the keys where the side follows, rows of
// the primary (read only now), checkpoint as a compare-and-set, commit. Of two loaders, or of one and its ghost, only one
// writes a chunk. Upholds W5, W8, W12, W13.

import {
  allStripes,
  type DirectedTable,
  type FillGuard,
  type FillOutcome,
  type KeyedRow,
  type KeyRange,
  type Row,
  type SideTable,
  StoreError,
} from '@twinwrite/core'
import type { Session } from '../session.ts'
import { raw, renderLiteral, sql } from '../sql-text.ts'
import { saveCheckpoint } from '../store/checkpoints.ts'
import type { StoreContext } from '../store/context.ts'
import { fenceOf, fenceSelect } from '../store/fence.ts'
import { inKeyOrder, withinRange } from '../store/key-range.ts'
import { rowsWithin } from '../store/range-rows.ts'
import { chunks } from '../write/chunks.ts'
import { bound } from '../write/write-rows.ts'
import type { LineForm, Lines, LineSource } from './lines.ts'
import { linesOf } from './row-text.ts'

/** @param write gives the number of rows that it wrote in the session's transaction */
export async function guarded(
  context: StoreContext,
  guard: FillGuard,
  write: (session: Session) => Promise<number>,
): Promise<FillOutcome> {
  try {
    return await context.loadPool.with(async (session) => {
      const outcome = await inTransaction(context, session, guard, write)
      await session.query({ sql: outcome.kind === 'filled' ? 'COMMIT' : 'ROLLBACK', bindings: [] })
      return outcome
    })
  } catch (error) {
    // The session is destroyed, and its transaction with it.
    throw context.failure(error)
  }
}

async function inTransaction(
  context: StoreContext,
  session: Session,
  guard: FillGuard,
  write: (session: Session) => Promise<number>,
): Promise<FillOutcome> {
  if (!(await isFenced(context, session, guard))) return { kind: 'fence' }
  if (guard.role === 'secondary') await lockAll(context, session)
  const begun = performance.now()
  const rows = await write(session)
  const saved = await saveCheckpoint(context, session, guard.next(rows), guard.expected)
  return saved ? { kind: 'filled', rows, ms: performance.now() - begun } : { kind: 'checkpoint' }
}

/** Begins the transaction. */
export async function isFenced(
  context: StoreContext,
  session: Session,
  { role, epoch }: Pick<FillGuard, 'role' | 'epoch'>,
): Promise<boolean> {
  const { rows } = await context.engine.beginApply(session, fenceSelect(context))
  const fence = rows[0] === undefined ? null : fenceOf(context, rows[0])
  return fence?.role === role && (epoch === null || fence.epoch === epoch)
}

/** Every key: appliers wait for the chunk, and it for them. */
async function lockAll({ engine, side, tables }: StoreContext, session: Session): Promise<void> {
  const { rows } = await session.query(engine.lockStripes(tables.lock, allStripes, 'wait'))
  if (rows.length < allStripes.length) throw new StoreError(side, 'missing', 'the stripe table has lost rows')
}

/** Copies a range of rows, as bytes where every column allows it. @returns how many */
export async function copyRange(
  from: StoreContext,
  to: StoreContext,
  session: Session,
  table: DirectedTable,
  range: KeyRange,
): Promise<number> {
  const target = to.table(table.to.mapping)
  const takes = to.engine.lines
  const mayWrite = takes !== null && (await takes.mayWrite(session))
  const direct = mayWrite ? directSelect(from, takes, table, range) : null
  if (direct !== null) {
    const { gives, form, select } = direct
    return from.controlPool.with(async (reader) =>
      writeLines(to, session, target, form, await gives.read(reader, select, form), gives.family),
    )
  }
  let copied = 0
  for (let left = range; ;) {
    const read = await rowsWithin(from, from.table(table.from.mapping), left, rowsAtOnce)
    const rows = read.map(({ key, row }) => ({ key, row: converted(to, table, row) }))
    await writeRows(to, session, target, rows, mayWrite && !readsTexts(table) ? takes : null)
    copied += read.length
    if (read.length < rowsAtOnce) return copied
    left = { ...range, after: read.at(-1)!.key }
  }
}

/** A row that can't be converted is for apply to refuse; it must not stop the others. */
function converted({ side }: StoreContext, table: DirectedTable, row: Row): Row {
  try {
    return table.convert(row)
  } catch (error) {
    throw new StoreError(side, 'rejected', `converting ${table.to.mapping}: ${String(error)}`, error)
  }
}

/** Rows that go through our hands are held as objects: a chunk may have many more. */
const rowsAtOnce = 2000

/** Whether texts go into a type of the server's own, which reads more of them than it writes: an insert looks at what becomes of each. */
function readsTexts({ from, to }: DirectedTable): boolean {
  return to.columns.some(({ kind }, index) => kind === 'native' && from.columns[index]?.kind !== 'native')
}

/** @param takes null: no lines are taken */
async function writeRows(
  to: StoreContext,
  session: Session,
  table: SideTable,
  rows: readonly KeyedRow[],
  takes: Lines | null,
): Promise<void> {
  if (takes !== null) {
    const source = linesOf(
      takes,
      table,
      rows.map(({ row }) => row),
    )
    await writeLines(to, session, table, 'common', source, takes.family)
    return
  }
  const { write } = to.engine
  for (const some of chunks(rows, write.batch(table.columns.length))) {
    const statement = write.insert(
      table,
      some.map(({ key, row }) => bound(to, table, key, row)),
    )
    await session.query(statement)
  }
}

async function writeLines(
  to: StoreContext,
  session: Session,
  table: SideTable,
  form: LineForm,
  source: LineSource,
  family: Lines['family'],
): Promise<number> {
  const { rows, warning } = await to.engine.lines!.write(session, table, form, source, family)
  if (warning === null && rows === source.lines()) return rows
  const what = `${source.lines()} rows sent, ${rows} taken${warning === null ? '' : `, ${warning}`}`
  throw new StoreError(to.side, 'rejected', `${table.mapping}: ${what}`)
}

/** The SELECT whose texts the other server reads; null where rows must be converted on their way. */
function directSelect(
  from: StoreContext,
  takes: Lines,
  table: DirectedTable,
  range: KeyRange,
): { readonly gives: Lines; readonly form: LineForm; readonly select: string } | null {
  const gives = from.engine.lines
  if (gives === null || !table.carriesTexts) return null
  const forms: readonly LineForm[] = gives.family === takes.family ? ['binary', 'own'] : ['common']
  const form = forms.find((one) => !columnsIn(gives, takes, table, one).includes(null))
  if (form === undefined) return null
  const list = columnsIn(gives, takes, table, form).join(', ')
  const source = from.table(table.from.mapping)
  const select = sql`SELECT ${raw(list)} FROM ${raw(from.engine.table(source.table))} t
    WHERE ${withinRange(from, source, range)} ORDER BY ${inKeyOrder(from, source)}`
  return { gives, form, select: renderLiteral(select, gives.literal) }
}

/** SQL of each column in that form; null where it can't travel in it. */
function columnsIn(
  gives: Lines,
  takes: Lines,
  { from, to }: DirectedTable,
  form: LineForm,
): (string | null)[] {
  return from.columns.map((column, index) => {
    const other = to.columns[index]!
    return takes.takes(other, form) && isRoomy(other.length, column.length)
      ? gives.given(column, other, form)
      : null
  })
}

/** A longer text would be cut where only blanks are lost: our own check refuses it. */
function isRoomy(to: number | null, from: number | null): boolean {
  return to === null || (from !== null && from <= to)
}

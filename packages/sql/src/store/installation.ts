// Making and removing the control tables. Installing again is harmless, and what is there already is not made again, so that a user
// without the right to create tables can start once an administrator has run the statements.

import { setTimeout } from 'node:timers/promises'
import { type Fence, stripeCount, StoreError } from '@twinwrite/core'
import { controlTableKinds, layoutVersion } from '../naming.ts'
import type { Session } from '../session.ts'
import { raw, sql, value } from '../sql-text.ts'
import type { StoreContext } from './context.ts'

const versionName = 'version'

function migrationName(context: StoreContext): string {
  return `migration ${context.naming.migration} ${context.naming.cohort}`
}

export function installStatements(context: StoreContext, first: Fence): string[] {
  const { create, routines, stripes } = context.engine.control(context.tables)
  const tables = controlTableKinds.flatMap((kind) => create[kind])
  return [...tables, ...routines, stripes, ...rowStatements(context, first)]
}

/** The fence row last: whoever sees it finds everything else. */
function rowStatements(context: StoreContext, { role, epoch, stage }: Fence): string[] {
  const { engine, tables, naming } = context
  const { insertAbsent } = engine.control(tables)
  const texts = (...list: readonly string[]): string[] => list.map((text) => engine.literal(text))
  const now = engine.now.texts[0]!
  return [
    insertAbsent(tables.meta, ['name', 'value'], texts(versionName, String(layoutVersion))),
    insertAbsent(tables.meta, ['name', 'value'], [engine.literal(migrationName(context)), now]),
    insertAbsent(
      tables.fence,
      ['migration', 'cohort', 'role', 'epoch', 'stage'],
      [...texts(naming.migration, naming.cohort, role), String(epoch), engine.literal(stage)],
    ),
  ]
}

/** Processes that install at once meet at each of the tables. */
const installAttempts = 20

export async function install(context: StoreContext, first: Fence): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await context.with((session) => installOnce(context, session, first))
    } catch (error) {
      // Somebody installs at the same time: some engines report that as a duplicate.
      const raced = error instanceof StoreError && (error.reason === 'unique' || error.reason === 'transient')
      if (!raced || attempt === installAttempts) throw error
      await setTimeout(Math.random() * 20 * attempt)
    }
  }
}

async function installOnce(context: StoreContext, session: Session, first: Fence): Promise<void> {
  const run = (text: string): Promise<unknown> => session.query({ sql: text, bindings: [] })
  await checkVersion(context, session)
  const { create, routines, stripes } = context.engine.control(context.tables)
  for (const kind of controlTableKinds) {
    if (await exists(context, session, context.tables[kind])) continue
    // A table without its index would never get it; MySQL makes both in one statement.
    for (const statement of ['BEGIN', ...create[kind], 'COMMIT']) await run(statement)
  }
  for (const routine of routines) await run(routine).catch((error: unknown) => orDenied(context, error))
  const slots = await context.on(session, sql`SELECT count(*) FROM ${raw(context.tables.lock)}`)
  if (Number(slots.rows[0]![0]) < stripeCount) await run(stripes)
  const installed = await readInstalled(context, session)
  if (!installed.migration || !installed.fence) {
    for (const statement of rowStatements(context, first)) await run(statement)
  }
}

async function readInstalled(
  context: StoreContext,
  session: Session,
): Promise<{ readonly migration: boolean; readonly fence: boolean }> {
  const { meta, fence } = context.tables
  const { rows } = await context.on(
    session,
    sql`SELECT (SELECT count(*) FROM ${raw(meta)} WHERE name = ${value(migrationName(context))}),
      (SELECT count(*) FROM ${raw(fence)} WHERE ${context.mine()})`,
  )
  return { migration: Number(rows[0]![0]) > 0, fence: Number(rows[0]![1]) > 0 }
}

/** @throws StoreError `version` */
async function checkVersion(context: StoreContext, session: Session): Promise<void> {
  if (!(await exists(context, session, context.tables.meta))) return
  const { rows } = await context.on(
    session,
    sql`SELECT value FROM ${raw(context.tables.meta)} WHERE name = ${value(versionName)}`,
  )
  const found = rows[0]?.[0]
  if (found !== undefined) requireVersion(context, String(found))
}

export function requireVersion(context: StoreContext, found: string): void {
  if (found === String(layoutVersion)) return
  throw new StoreError(
    context.side,
    'version',
    `the journal tables have version ${found}, this twinwrite works with version ${layoutVersion}`,
  )
}

async function exists(context: StoreContext, session: Session, table: string): Promise<boolean> {
  try {
    await session.query({ sql: `SELECT 1 FROM ${table} WHERE 1 = 0`, bindings: [] })
    return true
  } catch (error) {
    const failure = context.failure(error)
    if (failure instanceof StoreError && failure.reason === 'missing') return false
    throw failure
  }
}

export async function installedMs(context: StoreContext): Promise<number | null> {
  return unlessMissing(async () => {
    const { rows } = await context.run(
      sql`SELECT value, ${context.engine.now} FROM ${raw(context.tables.meta)} WHERE name = ${value(migrationName(context))}`,
    )
    const row = rows[0]
    return row === undefined ? null : Math.max(0, Number(row[1]) - Number(row[0]))
  })
}

/** Null where the control tables are not there. */
export async function unlessMissing<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof StoreError && error.reason === 'missing') return null
    throw error
  }
}

export function uninstallStatements(context: StoreContext): string[] {
  const { engine, tables, naming } = context
  const [migration, cohort] = [engine.literal(naming.migration), engine.literal(naming.cohort)]
  const mine = `migration = ${migration} AND cohort = ${cohort}`
  return [
    `DELETE FROM ${tables.fence} WHERE ${mine}`,
    `DELETE FROM ${tables.journal} WHERE ${mine}`,
    ...[tables.mark, tables.checkpoint, tables.mismatch, tables.audit].map(
      (table) => `DELETE FROM ${table} WHERE ${mine}`,
    ),
    `DELETE FROM ${tables.process} WHERE migration = ${migration}`,
    `DELETE FROM ${tables.meta} WHERE name = ${engine.literal(migrationName(context))}`,
    ...dropStatements(context).map(
      (statement) => `-- only when no other migration uses the tables:\n${statement}`,
    ),
  ]
}

/** The table of versions last: an interrupted removal is found and finished by the next one. */
function dropStatements(context: StoreContext): string[] {
  const { drop } = context.engine.control(context.tables)
  return [
    ...drop,
    ...[...controlTableKinds].reverse().map((kind) => `DROP TABLE IF EXISTS ${context.tables[kind]}`),
  ]
}

export async function uninstall(context: StoreContext): Promise<void> {
  await context.with(async (session) => {
    if (!(await exists(context, session, context.tables.meta))) return
    await checkVersion(context, session)
    for (const statement of uninstallStatements(context)) {
      if (statement.startsWith('DELETE'))
        await ignoringMissing(context, session.query({ sql: statement, bindings: [] }))
    }
    const { rows } = await context.on(
      session,
      sql`SELECT count(*) FROM ${raw(context.tables.meta)} WHERE name <> ${value(versionName)}`,
    )
    if (Number(rows[0]![0]) > 0) return
    for (const statement of dropStatements(context)) await session.query({ sql: statement, bindings: [] })
  })
}

function orDenied(context: StoreContext, error: unknown): void {
  const failure = context.failure(error)
  if (!(failure instanceof StoreError) || failure.reason !== 'denied') throw failure
}

async function ignoringMissing(context: StoreContext, work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    const failure = context.failure(error)
    if (!(failure instanceof StoreError) || failure.reason !== 'missing') throw failure
  }
}

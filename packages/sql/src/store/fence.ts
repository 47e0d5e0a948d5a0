// The fence row of this side: what the database itself says about who may write (PROTOCOL 5.11, 6.2). Upholds W8.

import { type Fence, type FenceGuard, isStage, type Role, StoreError } from '@twinwrite/core'
import { raw, sql } from '../sql-text.ts'
import type { StoreContext } from './context.ts'
import { requireVersion, unlessMissing } from './installation.ts'

const roles: ReadonlySet<string> = new Set<Role>(['primary', 'secondary', 'frozen', 'loading'])

/** @param row role, epoch and stage */
export function fenceOf(context: StoreContext, row: readonly unknown[]): Fence {
  const [role, epoch, stage] = row
  if (typeof role !== 'string' || !roles.has(role) || !isStage(stage)) {
    throw new StoreError(
      context.side,
      'version',
      `unknown role or stage in the fence: ${String(role)}, ${String(stage)}`,
    )
  }
  return { role: role as Role, epoch: Number(epoch), stage }
}

export async function readFence(context: StoreContext): Promise<Fence | null> {
  const { meta, fence } = context.tables
  const statement = sql`SELECT m.value, f.role, f.epoch, f.stage FROM ${raw(meta)} m
    LEFT JOIN ${raw(fence)} f ON ${context.mine('f')} WHERE m.name = 'version'`
  return unlessMissing(async () => {
    const row = (await context.run(statement)).rows[0]
    if (row === undefined) return null
    const [version, ...found] = row
    requireVersion(context, String(version))
    return found[0] === null ? null : fenceOf(context, found)
  })
}

/** The statement, in literals, by which an apply session reads the fence under its lock. */
export function fenceSelect(context: StoreContext): string {
  return `SELECT role, epoch, stage FROM ${context.tables.fence} WHERE ${mine(context)}`
}

function mine({ engine, naming }: StoreContext): string {
  return `migration = ${engine.literal(naming.migration)} AND cohort = ${engine.literal(naming.cohort)}`
}

export async function changeFence(
  context: StoreContext,
  guard: FenceGuard,
  next: Fence,
  lockTimeoutMs: number,
): Promise<boolean> {
  const { engine, tables } = context
  const held =
    'role' in guard
      ? `role = ${engine.literal(guard.role)} AND epoch = ${epochText(guard.epoch)}`
      : `epoch < ${epochText(guard.epochBelow)}`
  const update =
    `UPDATE ${tables.fence} SET role = ${engine.literal(next.role)}, epoch = ${epochText(next.epoch)}, stage = ${engine.literal(next.stage)}` +
    ` WHERE ${mine(context)} AND ${held}`
  const { affected } = await context.with((session) =>
    engine.changeFence(session, tables.fence, update, lockTimeoutMs),
  )
  return affected === 1
}

function epochText(epoch: number): string {
  if (!Number.isSafeInteger(epoch)) throw new TypeError(`${epoch} is no epoch`)
  return String(epoch)
}

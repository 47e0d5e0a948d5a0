// The entry to this package: stores and dialects by engine.

import { hostname } from 'node:os'
import type {
  Bulk,
  ConnectionSpec,
  ControlNaming,
  EngineName,
  Engines,
  Replica,
  Side,
  SideRows,
  SqlDialect,
  Store,
} from '@twinwrite/core'
import { shownSpec } from '@twinwrite/core'
import { mariadb, mysql } from './mysql/engine.ts'
import { MysqlSession } from './mysql/session.ts'
import { postgres } from './postgres/engine.ts'
import type { SqlEngine } from './sql-engine.ts'
import { notConnected } from './store/context.ts'
import { SqlBulk } from './sql-bulk.ts'
import { SqlReplica } from './sql-replica.ts'
import { SqlSideRows } from './sql-side-rows.ts'
import { SqlStore } from './sql-store.ts'
import { sqlite } from './sqlite/engine.ts'

const byName: Record<EngineName, SqlEngine> = { postgres, mysql, mariadb, sqlite }

/** The driver's settings, asked for anew for every connection where a function gives them (passwords that expire). */
export async function settingsOf({ connection }: ConnectionSpec): Promise<unknown> {
  return typeof connection === 'function' ? await (connection as () => unknown)() : connection
}

/** The migration's rows when nothing else is said. */
export const defaultNaming = { cohort: '*', prefix: '_tw_', schema: null } as const

export interface StoreOptions extends ConnectionSpec {
  readonly side: Side
  readonly naming: ControlNaming
}

/** A store of one side. Opens no connection yet; all its connections are its own. */
export function openStore({ side, naming, ...spec }: StoreOptions): SqlStore {
  const engine = byName[spec.engine]
  return new SqlStore({ engine, side, naming, settings: () => settingsOf(spec), purpose: 'control' })
}

export interface BulkOptions extends StoreOptions {
  /** Most connections at once. */
  readonly sessions: number
}

/** Whole tables of one side. Opens no connection yet; all its connections are its own. */
export function openBulk({ side, naming, sessions, ...spec }: BulkOptions): SqlBulk {
  const engine = byName[spec.engine]
  return new SqlBulk({ engine, side, naming, settings: () => settingsOf(spec), purpose: 'bulk', sessions })
}

export function sqlEngine(name: EngineName): SqlEngine {
  return byName[name]
}

/** Rows of one side to be compared. Opens no connection yet; all its connections are its own. */
export function openRows(options: BulkOptions, replica: boolean): SqlSideRows {
  const { side, naming, sessions, ...spec } = options
  const engine = byName[spec.engine]
  const purpose = replica ? 'replica' : 'bulk'
  return new SqlSideRows({ engine, side, naming, settings: () => settingsOf(spec), purpose, sessions })
}

/** Opens no connection yet. @param spec of a read replica, or of a server that knows its replicas' lag */
export function openReplica(spec: ConnectionSpec): SqlReplica {
  return new SqlReplica(byName[spec.engine], () => settingsOf(spec), shownSpec(spec))
}

export function sqlDialect(engine: EngineName, naming: ControlNaming): SqlDialect {
  return byName[engine].dialect(naming)
}

/**
 * The engine that answers: MySQL and MariaDB speak one protocol, and the server is asked which one it is.
 * @throws StoreError `lost` when nobody answers, or we are not let in
 */
export async function detectEngine(spec: ConnectionSpec, side: Side): Promise<EngineName> {
  const engine = byName[spec.engine]
  try {
    const session = await engine.connect(await settingsOf(spec), 'control')
    await session.end()
    return session instanceof MysqlSession ? session.engine : spec.engine
  } catch (error) {
    throw notConnected(engine, side, error)
  }
}

export const engines: Engines = {
  host: hostname(),
  detect: detectEngine,
  open: (spec, side, naming): Store => openStore({ ...spec, side, naming }),
  openBulk: (spec, side, naming, sessions): Bulk => openBulk({ ...spec, side, naming, sessions }),
  openRows: (spec, side, naming, sessions, replica): SideRows =>
    openRows({ ...spec, side, naming, sessions }, replica),
  openReplica: (spec): Replica => openReplica(spec),
  dialect: sqlDialect,
}

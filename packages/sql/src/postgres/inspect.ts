// PostgreSQL: what doctor looks at.

import type { TableRef } from '@twinwrite/core'
import { ask, type Finding, oldTransactions, oldTransactionSeconds } from '../finding.ts'
import type { Session } from '../session.ts'
import { literal, quote, tableName } from './quoting.ts'

export async function inspect(session: Session, tables: readonly TableRef[]): Promise<Finding[]> {
  const [[user, schema, mayCreate, version, number]] = (await ask(
    session,
    `SELECT current_user, current_schema(), has_schema_privilege(current_schema(), 'CREATE'), current_setting('server_version'), current_setting('server_version_num')`,
  )) as [[string, string, string, string, string]]
  const found: Finding[] = [{ level: 'ok', message: `PostgreSQL ${version}, user ${user}, schema ${schema}` }]
  if (mayCreate !== 't' && mayCreate !== 'true') {
    found.push({
      level: 'error',
      message: `${user} may not create the control tables in ${schema}`,
      mend: `GRANT CREATE ON SCHEMA ${quote(schema)} TO ${quote(user)}`,
    })
  }
  found.push(...(await tableRights(session, user, tables)))
  found.push(...(await counterRights(session, user, tables)))
  found.push(...(await replicaRole(session, user, Number(number))))
  return [...found, ...oldTransactions(await openTransactions(session))]
}

const rights = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] as const

async function tableRights(session: Session, user: string, tables: readonly TableRef[]): Promise<Finding[]> {
  const found: Finding[] = []
  for (const table of tables) {
    const name = tableName(table)
    const checks = rights.map((right) => `has_table_privilege(oid, '${right}')`)
    const [held] = await ask(
      session,
      `SELECT ${checks.join(', ')} FROM pg_class WHERE oid = to_regclass(${literal(name)})`,
    )
    const missing = rights.filter((_, index) => held !== undefined && !isTrue(held[index]))
    if (missing.length === 0) continue
    found.push({
      level: 'error',
      message: `${user} lacks ${missing.join(', ')} on ${table.name}`,
      mend: `GRANT ${missing.join(', ')} ON ${name} TO ${quote(user)}`,
    })
  }
  return found
}

/** A switch moves them. */
async function counterRights(
  session: Session,
  user: string,
  tables: readonly TableRef[],
): Promise<Finding[]> {
  const names = tables.map((table) => literal(tableName(table)))
  if (names.length === 0) return []
  const found = await ask(
    session,
    `SELECT s.oid::regclass::text FROM pg_class AS s JOIN pg_depend AS d ON d.objid = s.oid AND d.deptype IN ('a', 'i')
      WHERE d.refobjid IN (${names.map((name) => `to_regclass(${name})`).join(', ')})
      AND CASE WHEN s.relkind = 'S' THEN NOT has_sequence_privilege(s.oid, 'UPDATE') ELSE false END`,
  )
  return found.map(([sequence]) => ({
    level: 'error',
    message: `${user} may not move the counter ${sequence}, which a switch does`,
    mend: `GRANT SELECT, UPDATE, USAGE ON SEQUENCE ${sequence} TO ${quote(user)}`,
  }))
}

/** Without it foreign keys and triggers work on applied rows, too. */
async function replicaRole(session: Session, user: string, version: number): Promise<Finding[]> {
  const granted = version >= 150_000 ? ` OR has_parameter_privilege('session_replication_role', 'SET')` : ''
  const [row] = await ask(session, `SELECT rolsuper${granted} FROM pg_roles WHERE rolname = current_user`)
  if (isTrue(row?.[0])) return []
  return [
    {
      level: 'warning',
      message: `${user} may not turn off foreign keys and triggers for applied rows: they are checked and run once more here`,
      mend:
        version >= 150_000
          ? `GRANT SET ON PARAMETER session_replication_role TO ${quote(user)}`
          : `ALTER ROLE ${quote(user)} SUPERUSER`,
    },
  ]
}

function openTransactions(session: Session): Promise<string[][]> {
  return ask(
    session,
    `SELECT pid, round(extract(epoch FROM now() - xact_start)) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start < now() - interval '${oldTransactionSeconds} s'`,
  )
}

function isTrue(text: string | undefined): boolean {
  return text === 't' || text === 'true'
}

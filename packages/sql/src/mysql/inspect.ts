// MySQL and MariaDB: what doctor looks at.

import type { TableRef } from '@twinwrite/core'
import { ask, type Finding, oldTransactions, oldTransactionSeconds } from '../finding.ts'
import type { Session } from '../session.ts'
import { literal, quote, tableName } from './quoting.ts'
import { lookAtSessions } from './transactions.ts'

export async function inspect(session: Session, tables: readonly TableRef[]): Promise<Finding[]> {
  const [[version, user, database, localInfile]] = (await ask(
    session,
    'SELECT VERSION(), CURRENT_USER(), DATABASE(), @@global.local_infile',
  )) as [[string, string, string, string]]
  const found: Finding[] = [{ level: 'ok', message: `${version}, user ${user}, database ${database}` }]
  found.push(...(await missingRights(session, user, database)))
  found.push(...(await withoutTransactions(session, tables)))
  if (!/^(1|on)$/i.test(localInfile)) {
    found.push({
      level: 'warning',
      message:
        'LOAD DATA LOCAL is off here: a fast load into this side takes multi-row inserts, which are slower',
      mend: 'SET GLOBAL local_infile = 1',
    })
  }
  return [...found, ...(await openTransactions(session, user))]
}

const needed = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'CREATE'] as const
/** For one round trip less at each commit. */
const wanted = ['CREATE ROUTINE', 'EXECUTE'] as const

/** Of the user itself; a right that comes by a role is seen as missing, so this never is an error. */
async function missingRights(session: Session, user: string, database: string): Promise<Finding[]> {
  const grantee = granteeOf(user)
  const held = await ask(
    session,
    `SELECT PRIVILEGE_TYPE FROM information_schema.USER_PRIVILEGES WHERE GRANTEE = ?
      UNION SELECT PRIVILEGE_TYPE FROM information_schema.SCHEMA_PRIVILEGES WHERE GRANTEE = ? AND ? LIKE TABLE_SCHEMA`,
    [grantee, grantee, database],
  )
  const names = new Set(held.map(([name]) => name))
  const lacks = (rights: readonly string[]): string[] => rights.filter((right) => !names.has(right))
  const grant = (rights: readonly string[]): string =>
    `GRANT ${rights.join(', ')} ON ${quote(database)}.* TO ${grantee.replaceAll("'", '`')}`
  const [musts, mays] = [lacks(needed), lacks(wanted)]
  return [
    ...(musts.length === 0
      ? []
      : [
          {
            level: 'warning' as const,
            message: `no right ${musts.join(', ')} on all of ${database} was found (one on single tables or by a role is not looked for)`,
            mend: grant(musts),
          },
        ]),
    ...(mays.length === 0
      ? []
      : [
          {
            level: 'warning' as const,
            message: `without ${mays.join(' and ')} a commit takes one round trip more`,
            mend: grant(mays),
          },
        ]),
  ]
}

/** Their writes can't be taken back, nor journaled as one with the key. */
async function withoutTransactions(session: Session, tables: readonly TableRef[]): Promise<Finding[]> {
  if (tables.length === 0) return []
  const here = tables.map(
    ({ schema, name }) =>
      `(TABLE_SCHEMA = ${schema === null ? 'DATABASE()' : literal(schema)} AND TABLE_NAME = ${literal(name)})`,
  )
  const found = await ask(
    session,
    `SELECT TABLE_SCHEMA, TABLE_NAME, ENGINE FROM information_schema.TABLES WHERE ENGINE <> 'InnoDB' AND (${here.join(' OR ')})`,
  )
  return found.map(([schema, name, engine]) => ({
    level: 'error',
    message: `${name} is kept by ${engine}, which has no transactions`,
    mend: `ALTER TABLE ${tableName({ schema: schema!, name: name! })} ENGINE = InnoDB`,
  }))
}

async function openTransactions(session: Session, user: string): Promise<Finding[]> {
  try {
    const found = await lookAtSessions(
      session,
      `SELECT trx_mysql_thread_id, TIMESTAMPDIFF(SECOND, trx_started, NOW()) FROM information_schema.INNODB_TRX
        WHERE trx_mysql_thread_id NOT IN (0, CONNECTION_ID()) AND trx_started < NOW() - INTERVAL ${oldTransactionSeconds} SECOND`,
    )
    return oldTransactions(found.map((row) => row.map(String)))
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ER_SPECIFIC_ACCESS_DENIED_ERROR') throw error
    return [
      {
        level: 'error',
        message: `${user} may not see open transactions, which the way out of source-only waits for`,
        mend: `GRANT PROCESS ON *.* TO ${granteeOf(user).replaceAll("'", '`')}`,
      },
    ]
  }
}

function granteeOf(user: string): string {
  return `'${user.replace('@', "'@'")}'`
}

// MySQL and MariaDB: the lag of a replica, asked of the replica; a primary does not know it.
// Whole seconds: https://dev.mysql.com/doc/refman/9.4/en/show-replica-status.html

import type { ReplicaLag } from '@twinwrite/core'
import type { LagReader } from '../sql-replica.ts'
import type { MysqlSession } from './session.ts'

export const lagReader = (): LagReader => async (session) => {
  const channels = await statusOf(session as MysqlSession)
  if (channels.length === 0) return { unreadable: 'it replicates from nowhere: name the replica itself' }
  const lags = channels.map(lagOf)
  const unreadable = lags.find((lag) => 'unreadable' in lag)
  return unreadable ?? { ms: Math.max(...lags.map((lag) => ('ms' in lag ? lag.ms : 0))) }
}

type Channel = Readonly<Record<string, unknown>>

async function statusOf(session: MysqlSession): Promise<readonly Channel[]> {
  if (session.engine === 'mariadb') return session.named('SHOW ALL SLAVES STATUS')
  try {
    return await session.named('SHOW REPLICA STATUS')
  } catch (error) {
    // Before 8.0.22.
    if ((error as { errno?: unknown }).errno !== 1064) throw error
    return session.named('SHOW SLAVE STATUS')
  }
}

function lagOf(channel: Channel): ReplicaLag {
  const of = (...names: readonly string[]): string | null => {
    const found = names.map((name) => channel[name]).find((given) => given !== undefined && given !== null)
    return found === undefined ? null : String(found)
  }
  const seconds = of('Seconds_Behind_Source', 'Seconds_Behind_Master')
  if (seconds !== null) return { ms: Number(seconds) * 1000 }
  const receives = of('Replica_IO_Running', 'Slave_IO_Running')
  const applies = of('Replica_SQL_Running', 'Slave_SQL_Running')
  const errors = [of('Last_IO_Error'), of('Last_SQL_Error')].filter(Boolean).join('; ')
  return {
    unreadable: `it does not replicate (receives: ${receives}, applies: ${applies})${errors === '' ? '' : `: ${errors}`}`,
  }
}

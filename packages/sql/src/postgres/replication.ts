// PostgreSQL: the lag of a standby, asked of the standby or of its primary.

import type { ReplicaLag } from '@twinwrite/core'
import type { Session } from '../session.ts'
import type { LagReader } from '../sql-replica.ts'
import { now } from './time.ts'

/**
 * A standby that has replayed what its receiver gave it is up to date; else its age is that of the last transaction it replayed. The
 * position that the primary has told it of is hidden without pg_read_all_stats: then what was received counts.
 * https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-RECOVERY-CONTROL
 */
const ofStandby = `SELECT pg_is_in_recovery(),
  (SELECT count(pid) FROM pg_stat_wal_receiver) > 0
    AND greatest(pg_last_wal_receive_lsn(), (SELECT max(latest_end_lsn) FROM pg_stat_wal_receiver)) <= pg_last_wal_replay_lsn(),
  (extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000)::bigint`

/** Standbys that stream from here; subscribers of logical replication and receivers of mere WAL are none. */
const ofPrimary = `SELECT ${now}, pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0'), r.state,
  pg_wal_lsn_diff(r.replay_lsn, '0/0'), (extract(epoch FROM r.replay_lag) * 1000)::bigint
  FROM pg_stat_replication AS r
  WHERE (r.state IS NULL OR r.replay_lsn IS NOT NULL)
    AND NOT EXISTS (SELECT FROM pg_replication_slots AS s WHERE s.active_pid = r.pid AND s.slot_type = 'logical')`

/** A place in the WAL, and when this server had written up to it. */
interface Written {
  readonly at: number
  readonly place: number
}

const mostWritten = 3_600

export function lagReader(): LagReader {
  const written: Written[] = []
  return async (session) => {
    const [[standby, upToDate, ageMs]] = (await session.query({ sql: ofStandby, bindings: [] })).rows as [
      [string, string | null, string | null],
    ]
    if (standby !== 't') return primaryLag(session, written)
    if (upToDate === 't') return { ms: 0 }
    return ageMs === null
      ? { unreadable: 'it has replayed no transaction yet' }
      : { ms: Math.max(0, Number(ageMs)) }
  }
}

/**
 * The largest lag of all standbys. `replay_lag` stands still while a standby does not replay: the age of what it has not replayed is
 * told by the places that earlier looks have found.
 */
async function primaryLag(session: Session, written: Written[]): Promise<ReplicaLag> {
  const { rows } = await session.query({ sql: ofPrimary, bindings: [] })
  if (rows.length === 0) return { unreadable: 'it is no standby, and none streams from it' }
  if (rows.some(([, , state]) => state === null))
    return { unreadable: 'its user may not see the standbys: GRANT pg_monitor' }
  const [at, place] = [Number(rows[0]![0]), Number(rows[0]![1])]
  const lags = rows.map(([, , , replayed, lagMs]) => {
    const missing = written.find((one) => one.place > Number(replayed))
    return Math.max(Number(lagMs ?? 0), missing === undefined ? 0 : at - missing.at)
  })
  const behind = Math.min(...rows.map(([, , , replayed]) => Number(replayed)))
  while (written.length > 0 && (written[0]!.place <= behind || written.length >= mostWritten)) written.shift()
  written.push({ at, place })
  return { ms: Math.max(...lags) }
}

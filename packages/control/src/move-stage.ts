// One step as an operator asks for it: the gates, the step, and the audit trail of both.

import { hostname, userInfo } from 'node:os'
import { backfillSeen } from '@twinwrite/backfill'
import {
  followedSince,
  type RunningMigration,
  type Stage,
  type SwitchReport,
  TwinwriteError,
} from '@twinwrite/core'
import { auditStep } from './audit.ts'
import { type Gate, gateText } from './gate.ts'
import { backfillText, gatesBefore, isLoaded, stepKind, unforced } from './gates.ts'
import { type GateLimits, limitsOf } from './limits.ts'

export interface MoveOptions {
  readonly limits?: GateLimits
  /** Goes on before closed gates, except for those that keep rows from being lost. Needs a reason. */
  readonly force?: boolean
  /** Why; kept in the audit trail. */
  readonly reason?: string
  /** Who asks; user and host of this process when left out. */
  readonly by?: string
  /** Longest wait (ms) for processes and transactions that do not journal yet. Default: 60,000. */
  readonly barrierTimeoutMs?: number
}

export interface MoveReport {
  readonly from: Stage
  readonly to: Stage
  /** Gates before the step. */
  readonly gates: readonly Gate[]
  /** What the switch measured; null for a step without one. */
  readonly switched: SwitchReport | null
}

/**
 * Moves the whole fleet to a neighbouring stage.
 * @throws TwinwriteError `TW_GATES_CLOSED`, `TW_STAGE_STEP` and what `setStage` and `switchStage` throw: nothing has changed
 */
export async function moveStage(
  migration: RunningMigration,
  to: Stage,
  options: MoveOptions = {},
): Promise<MoveReport> {
  const { force = false, reason, by = whoAsks(), barrierTimeoutMs } = options
  if (force && (reason ?? '').trim() === '')
    throw new TwinwriteError('TW_CONFIG_INVALID', 'force without a reason', {
      hint: 'Say why in `reason` (`--reason "..."`): it is kept in the audit trail.',
    })
  const { stage: from, installed } = await migration.look()
  const kind = stepKind(from, to, migration.undo)
  const gates = await gatesBefore(migration, to, limitsOf(options.limits))
  if (!installed) await migration.install()
  const closed = gates.filter(({ open }) => !open)
  const forced = force ? closed.filter(({ name }) => !unforced.has(name)) : []
  const ended = await auditStep(migration, { by, from, to, reason: reason ?? null, forced })
  let pauseMs: number | null = null
  try {
    if (forced.length < closed.length) throw gatesClosed(from, to, closed, force)
    const switched =
      kind === 'forward' || kind === 'back'
        ? await migration.switchStage(to, {
            closed: kind === 'forward' && !force ? () => unloaded(migration) : undefined,
            paused: (ms) => {
              pauseMs = ms
            },
          })
        : await migration.setStage(to, { barrierTimeoutMs }).then(() => null)
    await ended({ outcome: 'done', error: null, pauseMs: switched?.pauseMs ?? null })
    return { from, to, gates, switched }
  } catch (error) {
    const refused = error instanceof TwinwriteError && refusals.has(error.code)
    const text = error instanceof Error ? error.message : String(error)
    // The step's own error is what counts.
    await ended({ outcome: refused ? 'refused' : 'failed', error: text, pauseMs }).catch(() => undefined)
    throw error
  }
}

const refusals: ReadonlySet<string> = new Set(['TW_GATES_CLOSED', 'TW_SWITCH_REFUSED', 'TW_STAGE_STEP'])

function gatesClosed(from: Stage, to: Stage, closed: readonly Gate[], force: boolean): TwinwriteError {
  const kept = force ? closed.filter(({ name }) => unforced.has(name)) : closed
  return new TwinwriteError(
    'TW_GATES_CLOSED',
    `${from} -> ${to}: ${kept.map(gateText).join(' | ')}`,
    force ? { hint: 'These keep rows from being lost, and can not be forced.' } : {},
  )
}

/** Asked for once more in the freeze: a backfill may have begun anew since the gates were looked at. */
async function unloaded(migration: RunningMigration): Promise<readonly string[]> {
  const [seen, since] = await Promise.all([
    backfillSeen(migration, 'target'),
    followedSince(migration.stores.source),
  ])
  return isLoaded(seen, since) ? [] : [`backfill: ${backfillText(seen, since)}`]
}

function whoAsks(): string {
  return `${userName()}@${hostname()}`
}

/** In a container the user often has no name. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}

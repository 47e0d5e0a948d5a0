// Events as structured log lines. Every line of one switch carries its id, in whatever process it was written, so that a search for
// it reads as one story. No values of rows stand in a line unless asked for.

import type { ErrorCode, EventName, StoreReason } from '@twinwrite/core'
import { type Handlers, listen } from './listen.ts'
import { WaitedWrites } from './waited-writes.ts'

/** What pino, bunyan and the like have: fields first, then the message. */
export interface StructuredLogger {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
  debug?(fields: object, message: string): void
}

export interface StructuredLogOptions {
  /** Names; all migrations of this process when left out. */
  readonly migrations?: readonly string[]
  /** Writes and batches, too, at level debug. Default: false, and then nothing listens to them. */
  readonly debug?: boolean
  /** Also keys of rows, and messages of databases that may quote values. Default: false. */
  readonly rows?: boolean
  /** Stands in each line as `traceId`, e.g. `() => trace.getActiveSpan()?.spanContext().traceId`. */
  readonly traceId?: () => string | undefined
}

type Level = 'debug' | 'info' | 'warn' | 'error'

/** Failures whose text tells of connections and locks, not of rows. */
const wordsOfTheServer: ReadonlySet<string> = new Set<StoreReason>(['lost', 'transient'])
/** Errors with which an adapter runs the write again. */
const moved: ErrorCode = 'TW_STAGE_MOVED'

/**
 * Writes what happens from now on to the logger.
 *
 * @example
 * structuredLog(pino())
 *
 * @returns ends it
 */
export function structuredLog(logger: StructuredLogger, options: StructuredLogOptions = {}): () => void {
  const { migrations, debug = false, rows = false, traceId } = options
  /** Id of the switch that each migration is in, as far as this process knows. */
  const switching = new Map<string, string>()
  const ending = new Set<string>()

  const write = (
    level: Level,
    migration: string,
    event: EventName,
    message: string,
    fields: Readonly<Record<string, unknown>> = {},
    switchId: string | null = null,
  ): void => {
    if (level === 'debug' && !debug) return
    const line = {
      migration,
      event: event.slice('twinwrite:'.length),
      switchId: switchId ?? switching.get(migration),
      traceId: traceId?.(),
      ...fields,
    }
    logger[level]?.(line, message)
  }

  const waited = new WaitedWrites((migration, { writes, longestMs, gaveUp, switchId }) =>
    write(
      gaveUp > 0 ? 'warn' : 'info',
      migration,
      'twinwrite:waited',
      `${writes} writes waited for the switch, the longest ${Math.round(longestMs)} ms; ${gaveUp} gave up`,
      { writes, longestMs, gaveUp },
      switchId,
    ),
  )

  const handlers: Handlers = {
    'twinwrite:switch': (event, migration) => {
      const { id, from, to, step, ms } = event
      switching.set(migration, id)
      const fields = { step, from, to, ms, ...('steps' in event && { steps: event.steps }) }
      const reason = 'message' in event ? `: ${event.message}` : ''
      write(
        levels[step] ?? 'info',
        migration,
        'twinwrite:switch',
        `switch ${from} -> ${to}: ${step}${reason}`,
        fields,
      )
      if (step === 'refused') switching.delete(migration)
      else if ('steps' in event) ending.add(migration)
    },
    'twinwrite:stage': ({ stage, epoch, frozen, switchId }, migration) => {
      if (switchId !== null) switching.set(migration, switchId)
      const text = frozen ? `${stage}, frozen at epoch ${epoch}` : `${stage} at epoch ${epoch}`
      write('info', migration, 'twinwrite:stage', `this process sees ${text}`, { stage, epoch, frozen })
      if (!frozen && (switchId !== null || ending.has(migration))) {
        switching.delete(migration)
        ending.delete(migration)
      }
    },
    'twinwrite:recovered': ({ done, switchId }, migration) =>
      write(
        'warn',
        migration,
        'twinwrite:recovered',
        `a switch without a controller was ${done}`,
        { done },
        switchId,
      ),
    'twinwrite:step': ({ step, from, to, ms, message }, migration) => {
      const level = step === 'failed' ? 'warn' : 'info'
      const reason = message === undefined ? '' : `: ${message}`
      write(level, migration, 'twinwrite:step', `step ${from} -> ${to}: ${step}${reason}`, {
        step,
        from,
        to,
        ms,
      })
    },
    'twinwrite:waited': ({ ms, ended, switchId }, migration) => waited.add(migration, switchId, ms, ended),
    'twinwrite:rejected': ({ side, code }, migration) =>
      write(
        code === moved ? 'debug' : 'warn',
        migration,
        'twinwrite:rejected',
        `a statement ended with ${code}`,
        {
          side,
          code,
        },
      ),
    'twinwrite:refused': ({ side, epoch }, migration) =>
      write('debug', migration, 'twinwrite:refused', `the fence of the ${side} refused epoch ${epoch}`, {
        side,
        epoch,
      }),
    'twinwrite:breaker': ({ state }, migration) =>
      write(state === 'open' ? 'warn' : 'info', migration, 'twinwrite:breaker', `the breaker is ${state}`, {
        state,
      }),
    'twinwrite:apply-failed': ({ rows: count, reason, message }, migration) => {
      const quoted = rows || wordsOfTheServer.has(reason) ? `: ${message}` : ''
      write(
        'warn',
        migration,
        'twinwrite:apply-failed',
        `${count} rows were not applied (${reason})${quoted}`,
        {
          rows: count,
          reason,
        },
      )
    },
    'twinwrite:blocked': ({ table, key, reason }, migration) =>
      write(
        'error',
        migration,
        'twinwrite:blocked',
        `a row of ${table} is blocked${rows ? `: ${reason}` : ''}`,
        {
          table,
          ...(rows && { key }),
        },
      ),
    'twinwrite:warning': ({ code, message }, migration) =>
      write('warn', migration, 'twinwrite:warning', message, { code }),
    ...(debug &&
      ({
        'twinwrite:write': ({ side, changes }, migration) =>
          write('debug', migration, 'twinwrite:write', `${changes} rows written on the ${side}`, {
            side,
            changes,
          }),
        'twinwrite:apply': ({ rows: count, ms, by }, migration) =>
          write('debug', migration, 'twinwrite:apply', `${count} rows applied by the ${by}`, {
            rows: count,
            ms,
            by,
          }),
      } satisfies Handlers)),
  }
  const end = listen(migrations === undefined ? null : new Set(migrations), handlers)
  return () => {
    end()
    waited.flush()
  }
}

const levels: Readonly<Record<string, Level>> = {
  abort: 'warn',
  refused: 'warn',
  undone: 'warn',
  left: 'error',
}

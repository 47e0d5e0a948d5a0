// What the events of core mean in instruments.

import type { ErrorCode } from '@twinwrite/core'
import type { InstrumentName, Labels } from './instruments.ts'
import { type Handlers, listen } from './listen.ts'

/** Where values go: Prometheus or OpenTelemetry. */
export interface Sink {
  /** Adds to a counter. */
  add(name: InstrumentName, value: number, labels: Labels): void
  /** One value of a histogram. */
  record(name: InstrumentName, value: number, labels: Labels): void
  /** Sets a gauge. */
  set(name: InstrumentName, value: number, labels: Labels): void
}

/** Errors with which a write is run again, by the adapter or by the app. */
const moved: ReadonlySet<ErrorCode> = new Set(['TW_STAGE_MOVED', 'TW_STAGE_FROZEN'])

/** @returns ends it */
export function countEvents(migrations: ReadonlySet<string>, sink: Sink): () => void {
  const handlers: Handlers = {
    'twinwrite:write': ({ side, changes }, migration) => {
      sink.add('writes', 1, { migration, outcome: 'committed' })
      sink.add('changes', changes, { migration, side })
    },
    'twinwrite:rejected': ({ code }, migration) =>
      sink.add('writes', 1, { migration, outcome: moved.has(code) ? 'refused' : 'rejected' }),
    'twinwrite:refused': ({ side }, migration) => sink.add('fence.refusals', 1, { migration, side }),
    'twinwrite:waited': ({ ms, ended }, migration) =>
      sink.record('write.wait', ms / 1000, { migration, outcome: ended ? 'in-time' : 'gave-up' }),
    'twinwrite:apply': ({ rows, ms, by }, migration) => {
      sink.record('apply.duration', ms / 1000, { migration, by })
      sink.add('apply.rows', rows, { migration, by })
    },
    'twinwrite:apply-failed': ({ reason }, migration) => sink.add('apply.failures', 1, { migration, reason }),
    'twinwrite:switch': (event, migration) => {
      if (!('steps' in event)) return
      const { step: outcome, ms, steps } = event
      sink.add('switches', 1, { migration, outcome })
      for (const [step, took] of Object.entries(steps))
        sink.record('switch.step', took / 1000, { migration, step })
      if (outcome !== 'done' && outcome !== 'undone') return
      sink.record('switch.pause', ms / 1000, { migration, outcome })
      sink.set('switch.last_pause', ms / 1000, { migration })
    },
    'twinwrite:recovered': ({ done }, migration) => sink.add('recoveries', 1, { migration, outcome: done }),
    'twinwrite:warning': ({ code }, migration) => sink.add('warnings', 1, { migration, code }),
  }
  return listen(migrations, handlers)
}

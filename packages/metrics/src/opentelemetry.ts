// The same instruments through the API of OpenTelemetry, and each switch as a span. Whoever set no SDK up pays for calls that do nothing.

import { type Meter, metrics, type ObservableResult, trace, type Tracer } from '@opentelemetry/api'
import { packageVersion, type RunningMigration } from '@twinwrite/core'
import { countEvents } from './count-events.ts'
import { everyInstrument, type Instrument, type InstrumentName } from './instruments.ts'
import { Look, type LookOptions } from './look.ts'
import { switchSpans } from './switch-spans.ts'

export interface OpenTelemetryOptions extends LookOptions {
  /** Default: that of the global provider. */
  readonly meter?: Meter
  /** Default: that of the global provider. */
  readonly tracer?: Tracer
}

export interface OpenTelemetryMetrics {
  /** Stops counting. */
  close(): void
}

/**
 * Counts from now on what the migrations of this process do.
 *
 * @example
 * const metrics = openTelemetryMetrics(twinwrite(db))
 */
export function openTelemetryMetrics(
  migrations: RunningMigration | readonly RunningMigration[],
  options: OpenTelemetryOptions = {},
): OpenTelemetryMetrics {
  const {
    meter = metrics.getMeter('twinwrite', packageVersion),
    tracer = trace.getTracer('twinwrite', packageVersion),
    ...lookOptions
  } = options
  const watched: readonly RunningMigration[] = 'name' in migrations ? [migrations] : migrations
  const names = new Set(watched.map(({ name }) => name))
  const counters = each('counter', (name, config) => meter.createCounter(name, config))
  const histograms = each('histogram', (name, config, { buckets = [] }) =>
    meter.createHistogram(name, { ...config, advice: { explicitBucketBoundaries: [...buckets] } }),
  )
  const gauges = each('gauge', (name, config, { looked }) =>
    looked ? undefined : meter.createGauge(name, config),
  )
  const endCounting = countEvents(names, {
    add: (name, value, labels) => counters.get(name)?.add(value, labels),
    record: (name, value, labels) => histograms.get(name)?.record(value, labels),
    set: (name, value, labels) => gauges.get(name)?.record(value, labels),
  })
  const endLooking = observe(
    meter,
    watched.map((migration) => new Look(migration, lookOptions)),
  )
  const endSpans = switchSpans(names, tracer)
  return {
    close: () => {
      endCounting()
      endLooking()
      endSpans()
    },
  }
}

interface Config {
  readonly description: string
  readonly unit: string
}

function each<T>(
  kind: Instrument['kind'],
  make: (name: string, config: Config, instrument: Instrument) => T,
): Map<InstrumentName, T> {
  const chosen = everyInstrument.filter(([, instrument]) => instrument.kind === kind)
  return new Map(
    chosen.map(([name, instrument]) => {
      const { help: description, unit = '1' } = instrument
      return [name, make(`twinwrite.${name}`, { description, unit }, instrument)]
    }),
  )
}

/** One callback for each gauge; the looks are shared, since they keep their answers for a while. */
function observe(meter: Meter, looks: readonly Look[]): () => void {
  const ends = [
    ...each('gauge', (name, config, { looked }) =>
      looked ? meter.createObservableGauge(name, config) : null,
    ),
  ].map(([instrument, gauge]) => {
    const callback = async (result: ObservableResult): Promise<void> => {
      for (const look of looks) {
        for (const { name, value, labels } of await look.readings()) {
          if (name === instrument) result.observe(value, labels)
        }
      }
    }
    gauge?.addCallback(callback)
    return () => gauge?.removeCallback(callback)
  })
  return () => {
    for (const end of ends) end()
  }
}

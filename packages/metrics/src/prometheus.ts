// Metrics in the text format of Prometheus, with prom-client. What the databases must be asked for is read when somebody collects.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RunningMigration } from '@twinwrite/core'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { countEvents } from './count-events.ts'
import {
  everyInstrument,
  type Instrument,
  type InstrumentName,
  knownLabels,
  prometheusName,
  type Reading,
} from './instruments.ts'
import { Look, type LookOptions } from './look.ts'

export interface PrometheusOptions extends LookOptions {
  /** Where the app's own metrics are, e.g. `register` of prom-client. Default: one of our own. */
  readonly registry?: Registry
  /** First part of every name. Default: `twinwrite_`. */
  readonly prefix?: string
}

export interface PrometheusMetrics {
  readonly registry: Registry
  /** All metrics of the registry. A database that is down or hangs makes it neither fail nor wait for longer than `timeoutMs` twice. */
  metricsText(): Promise<string>
  /** For `createServer` of node:http, or a route of Express. */
  handler(request: IncomingMessage, response: ServerResponse): void
  /** Stops counting, and takes the metrics out of the registry. */
  close(): void
}

/**
 * Counts from now on what the migrations of this process do.
 *
 * @example
 * const metrics = prometheusMetrics(twinwrite(db))
 * app.get('/metrics', metrics.handler)
 */
export function prometheusMetrics(
  migrations: RunningMigration | readonly RunningMigration[],
  { registry = new Registry(), prefix = 'twinwrite_', ...lookOptions }: PrometheusOptions = {},
): PrometheusMetrics {
  const watched: readonly RunningMigration[] = 'name' in migrations ? [migrations] : migrations
  const names = watched.map(({ name }) => name)
  const looks = watched.map((migration) => new Look(migration, lookOptions))
  const readings = async (): Promise<Reading[]> =>
    (await Promise.all(looks.map((look) => look.readings()))).flat()
  const metrics = new Map(
    everyInstrument.map(([name, instrument]) => [
      name,
      metricOf(registry, prometheusName(name, prefix), name, instrument, readings),
    ]),
  )
  for (const [name, instrument] of everyInstrument) {
    const metric = metrics.get(name)
    for (const migration of names) {
      for (const labels of knownLabels(instrument)) {
        if (metric instanceof Counter) metric.inc({ migration, ...labels }, 0)
        if (metric instanceof Histogram) metric.zero({ migration, ...labels })
      }
    }
  }
  const end = countEvents(new Set(names), {
    add: (name, value, labels) => (metrics.get(name) as Counter).inc(labels, value),
    record: (name, value, labels) => (metrics.get(name) as Histogram).observe(labels, value),
    set: (name, value, labels) => (metrics.get(name) as Gauge).set(labels, value),
  })
  return {
    registry,
    metricsText: () => registry.metrics(),
    handler: (request, response) => void answer(registry, request, response),
    close: () => {
      end()
      for (const [name] of everyInstrument) registry.removeSingleMetric(prometheusName(name, prefix))
    },
  }
}

function metricOf(
  registry: Registry,
  name: string,
  instrument: InstrumentName,
  { kind, help, labels = {}, looked, buckets = [] }: Instrument,
  readings: () => Promise<Reading[]>,
): Counter | Gauge | Histogram {
  const config = { name, help, labelNames: ['migration', ...Object.keys(labels)], registers: [registry] }
  if (kind === 'counter') return new Counter(config)
  if (kind === 'histogram') return new Histogram({ ...config, buckets: [...buckets] })
  if (!looked) return new Gauge(config)
  return new Gauge({
    ...config,
    async collect() {
      const found = await readings()
      this.reset()
      for (const { name: of, value, labels: at } of found) if (of === instrument) this.set(at, value)
    },
  })
}

async function answer(registry: Registry, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const text = await registry.metrics()
    response.writeHead(200, { 'content-type': registry.contentType })
    response.end(request.method === 'HEAD' ? undefined : text)
  } catch (error) {
    // Only a metric of the app's own in the same registry can fail.
    response.writeHead(500, { 'content-type': 'text/plain' })
    response.end(error instanceof Error ? error.message : String(error))
  }
}

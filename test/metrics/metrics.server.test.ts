// Every number against known writes, applies, refusals and switches, on real databases: SQLite as source, PostgreSQL as target.

import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel'
import { readFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SwitchReport } from '@twinwrite/core'
import {
  type InstrumentName,
  instruments,
  prometheusMetrics,
  type PrometheusMetrics,
  prometheusName,
  structuredLog,
} from '@twinwrite/metrics'
import { openTelemetryMetrics } from '@twinwrite/metrics/opentelemetry'
import { defineMigration } from '@twinwrite/sql'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openShop, orderRow, type Shop } from '../verify/shop.ts'
import { namesOf, valueOf } from './exposed.ts'

const dashboard = readFileSync(
  new URL('../../packages/metrics/dashboards/twinwrite.json', import.meta.url),
  'utf8',
)
const page = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8')
const secret = 'a-value-of-a-row'

interface Line {
  readonly event: string
  readonly switchId?: string
  readonly msg: string
  readonly [field: string]: unknown
}

describe('metrics of a migration from SQLite to PostgreSQL', () => {
  let shop: Shop
  let metrics: PrometheusMetrics
  let rowsBefore: number
  const read = async (name: string, labels?: Record<string, string>): Promise<number | undefined> =>
    valueOf(await metrics.metricsText(), name, labels)

  beforeAll(async () => {
    shop = await openShop('sqlite', 'postgres', { orders: 5 })
    rowsBefore = shop.migration.process.counters.rows
    metrics = prometheusMetrics(shop.migration, { cacheMs: 0 })
  })
  afterAll(async () => {
    metrics?.close()
    await shop?.close()
  })

  test('count what was written, rejected and applied', async () => {
    await shop.db('orders').insert(orderRow('sqlite', 101))
    await shop.db('orders').whereIn('id', [1, 2, 3]).update({ note: 'seen' })
    await shop.db.transaction(async (trx) => {
      await trx('labels').insert({ code: 'new', text: 'x' })
      await trx('order_lines').where({ order_id: 1, pos: 0 }).del()
    })
    await expect(shop.db.raw('ALTER TABLE orders ADD COLUMN more text')).rejects.toThrow('TW_SCHEMA_CHANGE')
    await shop.migration.drain()
    await expect.poll(() => shop.migration.process.queued).toBe(0)
    const text = await metrics.metricsText()
    const expected: [string, Record<string, string>, number][] = [
      ['writes_total', { outcome: 'committed' }, 3],
      ['writes_total', { outcome: 'rejected' }, 1],
      ['writes_total', { outcome: 'refused' }, 0],
      ['changes_total', { side: 'source' }, 6],
      ['fence_refusals_total', { side: 'source' }, 0],
      ['lag_seconds', {}, 0],
      ['journal_entries', {}, 0],
      ['blocked_keys', {}, 0],
      ['marked_tables', {}, 0],
      ['up', { side: 'source' }, 1],
      ['up', { side: 'target' }, 1],
      ['stage', { stage: 'source-first' }, 1],
      ['stage', { stage: 'target-first' }, 0],
      ['processes', { state: 'current' }, 1],
      ['processes', { state: 'behind' }, 0],
      ['breaker', { state: 'closed' }, 1],
      ['frozen', {}, 0],
      ['epoch', {}, shop.migration.process.epoch],
    ]
    for (const [name, labels, value] of expected) {
      expect([name, labels, valueOf(text, `twinwrite_${name}`, labels)]).toEqual([name, labels, value])
    }
    const rows = ['writer', 'relay', 'drain', 'load'].map(
      (by) => valueOf(text, 'twinwrite_apply_rows_total', { by }) ?? 0,
    )
    const applied = shop.migration.process.counters.rows - rowsBefore
    expect(applied).toBeGreaterThanOrEqual(6)
    expect(rows.reduce((sum, each) => sum + each)).toBe(applied)
  })

  test('tell the state of the journal: marks, entries and their age', async () => {
    const { source } = shop.migration.stores
    await source.addMark('labels', 'for the test')
    const entry = { table: 'orders', key: '["4242"]', op: 'delete' } as const
    const { epoch } = shop.migration.process
    expect(await source.addJournal([entry], epoch)).toBe(true)
    const ids = (await source.journalPage(10)).map(({ id }) => id)
    await source.failJournal(ids, 'for the test', 'blocked')
    expect(await read('twinwrite_marked_tables')).toBe(1)
    expect(await read('twinwrite_blocked_keys')).toBe(ids.length)
    await source.deleteJournal(ids)
    await source.deleteMarks((await source.marks()).map(({ id }) => id))
    expect(await read('twinwrite_blocked_keys')).toBe(0)
  })

  test('a barrier, a switch without a controller, a process behind, a row that is rejected: counted and in the log', async () => {
    const { lines, end } = recorded()
    const { migration, plain } = shop
    const { source } = migration.stores
    try {
      await migration.setStage('source-first')
      const { epoch } = migration.process
      const frozen = { role: 'frozen', epoch: epoch + 1, stage: 'source-first' } as const
      expect(await source.changeFence({ role: 'primary', epoch }, frozen, 1000)).toBe(true)
      expect(await shop.operator().recover()).toBe('rolled-back')
      await migration.look()
      const late = { id: 'late', host: 'h', pid: 1, version: '0', orm: 'none', epoch: 1 }
      await source.beat({ ...late, stage: 'source-only' })
      await plain.target.raw('ALTER TABLE labels ADD CONSTRAINT short CHECK (length(text) < 50)')
      await shop.db('labels').insert({ code: 'long', text: secret.repeat(10) })
      await expect
        .poll(() => read('twinwrite_apply_failures_total', { reason: 'rejected' }))
        .toBeGreaterThan(0)
      expect(await read('twinwrite_processes', { state: 'behind' })).toBe(1)
      expect(await read('twinwrite_journal_entries')).toBe(1)
      expect(await read('twinwrite_lag_seconds')).toBeGreaterThan(0)
      expect(await read('twinwrite_recoveries_total', { outcome: 'rolled-back' })).toBe(1)
      await plain.target.raw('ALTER TABLE labels DROP CONSTRAINT short')
      await source.forget(late.id)
      await migration.drain()
      const steps = lines.filter(({ event }) => event === 'step').map(({ step }) => step)
      expect(steps).toEqual(['begun', 'barrier', 'passed', 'done'])
      const recovery = lines.find(({ event }) => event === 'recovered')
      expect(recovery).toMatchObject({ done: 'rolled-back', switchId: `shop@${epoch}` })
      const failure = lines.find(({ event }) => event === 'apply-failed')
      expect(failure?.msg).toBe('1 rows were not applied (rejected)')
      expect(JSON.stringify(lines)).not.toContain(secret)
    } finally {
      end()
    }
  })

  test('a switch that is undone, and one that is done, with a write that waits: one story under one id', async () => {
    const { lines, end } = recorded()
    const told: { name: string; switchId: string | null }[] = []
    const listen = (message: unknown, name: string | symbol): void => {
      const { switchId } = message as { switchId: string | null }
      told.push({ name: String(name), switchId })
    }
    const channels = ['twinwrite:stage', 'twinwrite:waited']
    for (const name of channels) subscribe(name, listen)
    const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
    const meters = new MeterProvider({
      readers: [
        new PeriodicExportingMetricReader({ exporter: metricExporter, exportIntervalMillis: 60_000 }),
      ],
    })
    const spans = new InMemorySpanExporter()
    const tracers = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] })
    const telemetry = openTelemetryMetrics(shop.migration, {
      meter: meters.getMeter('test'),
      tracer: tracers.getTracer('test'),
      cacheMs: 0,
    })
    const operator = shop.operator()
    let report: SwitchReport
    try {
      await expect(
        operator.switchStage('target-first', { closed: secondTime(async () => ['not yet']) }),
      ).rejects.toThrow('not yet')
      await Promise.all([operator.look(), shop.migration.look()])
      told.length = 0
      let waiting: Promise<unknown> | undefined
      report = await operator.switchStage('target-first', {
        closed: secondTime(async () => {
          waiting = insertOf(shop.db, { ...orderRow('postgres', 201), note: secret })
          await sleep(80)
          return []
        }),
      })
      await waiting
      await expect.poll(() => lines.some(({ event }) => event === 'waited')).toBe(true)
    } finally {
      end()
      for (const name of channels) unsubscribe(name, listen)
    }
    const { id, pauseMs } = report

    // Also what the app's process tells, which only saw the fence.
    expect(told.map(({ name }) => name)).toEqual(expect.arrayContaining(channels))
    expect(new Set(told.map(({ switchId }) => switchId))).toEqual(new Set([id]))
    const story = lines.slice(lines.findIndex(({ switchId, step }) => switchId === id && step === 'gates'))
    const steps = story.filter(({ event }) => event === 'switch').map(({ step }) => step)
    expect(steps).toEqual(['gates', 'prepare', 'freeze', 'drain', 'counters', 'decide', 'open', 'done'])
    const own = ['switch', 'stage', 'waited', 'refused']
    for (const line of story.filter(({ event }) => own.includes(event))) {
      expect(line).toMatchObject({ migration: 'shop', switchId: id, traceId: 'trace-of-the-request' })
    }
    expect(story.find(({ event }) => event === 'waited')).toMatchObject({ writes: 1, gaveUp: 0 })
    const failed = lines.filter(({ event, switchId }) => event === 'switch' && switchId !== id)
    expect(failed.map(({ step }) => step)).toEqual(['gates', 'prepare', 'freeze', 'drain', 'abort', 'undone'])
    expect(failed.at(-1)?.msg).toContain('not yet')
    expect(JSON.stringify(lines)).not.toContain(secret)

    const text = await metrics.metricsText()
    expect(valueOf(text, 'twinwrite_switches_total', { outcome: 'done' })).toBe(1)
    expect(valueOf(text, 'twinwrite_switches_total', { outcome: 'undone' })).toBe(1)
    expect(valueOf(text, 'twinwrite_switch_last_pause_seconds')).toBe(pauseMs / 1000)
    expect(text).toContain('twinwrite_switch_pause_seconds_count{migration="shop",outcome="done"} 1')
    expect(text).toContain('twinwrite_switch_step_seconds_count{migration="shop",step="open"} 1')
    expect(text).toContain('twinwrite_switch_step_seconds_count{migration="shop",step="drain"} 2')
    expect(text).toContain('twinwrite_write_wait_seconds_count{migration="shop",outcome="in-time"} 1')
    expect(valueOf(text, 'twinwrite_fence_refusals_total', { side: 'source' })).toBe(
      shop.migration.process.counters.refused,
    )
    expect(valueOf(text, 'twinwrite_changes_total', { side: 'target' })).toBe(1)
    expect(valueOf(text, 'twinwrite_stage', { stage: 'target-first' })).toBe(1)

    await meters.forceFlush()
    const exported = metricExporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
    const pointsOf = (name: string): { attributes: object; value: unknown }[] =>
      exported.find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? []
    expect(pointsOf('twinwrite.switches').map(({ attributes, value }) => ({ ...attributes, value }))).toEqual(
      [
        { migration: 'shop', outcome: 'undone', value: 1 },
        { migration: 'shop', outcome: 'done', value: 1 },
      ],
    )
    expect(pointsOf('twinwrite.switch.last_pause').at(-1)?.value).toBe(pauseMs / 1000)
    expect(pointsOf('twinwrite.stage')).toContainEqual(
      expect.objectContaining({ attributes: { migration: 'shop', stage: 'target-first' }, value: 1 }),
    )
    const [aborted, done] = spans.getFinishedSpans()
    expect(aborted?.status).toMatchObject({ code: 2, message: expect.stringContaining('not yet') as string })
    expect(done).toMatchObject({
      name: 'twinwrite.switch',
      attributes: {
        'twinwrite.switch.id': id,
        'twinwrite.switch.outcome': 'done',
        'twinwrite.migration': 'shop',
      },
    })
    expect(done?.events.map(({ name }) => name)).toEqual(Object.keys(report.steps))
    telemetry.close()
    await Promise.all([meters.shutdown(), tracers.shutdown()])
  })

  test('a scrape neither hangs nor fails because a side hangs: it says so', async () => {
    const deaf = createServer(() => undefined).listen(0)
    const { port } = deaf.address() as AddressInfo
    const lonely = defineMigration(shop.config).operate({
      source: { engine: 'postgres', connection: { host: '127.0.0.1', port } },
      target: { engine: 'postgres', connection: shop.connections.target },
    })
    const scraped = prometheusMetrics(lonely, { cacheMs: 0, timeoutMs: 150 })
    const server = createHttpServer(scraped.handler).listen(0)
    try {
      for (let scrape = 1; scrape <= 2; scrape++) {
        const began = performance.now()
        const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
        const text = await answer.text()
        expect(performance.now() - began).toBeLessThan(1000)
        expect(answer.status).toBe(200)
        expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0.0.4/)
        expect(valueOf(text, 'twinwrite_up', { side: 'source' })).toBe(0)
        expect(valueOf(text, 'twinwrite_up', { side: 'target' })).toBe(1)
        expect(valueOf(text, 'twinwrite_lag_seconds')).toBe(0)
      }
    } finally {
      scraped.close()
      server.close()
      deaf.close()
      await lonely.close()
    }
  })

  test('names follow the conventions, stand once, on the dashboard and in the documentation', async () => {
    const text = await metrics.metricsText()
    const names = namesOf(text)
    const known = (Object.keys(instruments) as InstrumentName[]).map((name) =>
      prometheusName(name, 'twinwrite_'),
    )
    expect(names.toSorted()).toEqual(known.toSorted())
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^twinwrite_[a-z]+(_[a-z]+)*$/)
    const asked = (dashboard.match(/twinwrite_[a-z_]+/g) ?? []).map((name) => {
      const base = name.replace(/_(bucket|sum|count)$/, '')
      return names.includes(name) ? name : base
    })
    expect([...new Set(asked)].toSorted()).toEqual(known.toSorted())
    const told = page.match(/`twinwrite_[a-z_]+`/g)?.map((name) => name.slice(1, -1)) ?? []
    expect([...new Set(told)].toSorted()).toEqual(known.toSorted())
  })

  test('what is not wanted is not listened to', () => {
    metrics.close()
    const lines = structuredLog(pino({ enabled: false }))
    for (const name of ['twinwrite:write', 'twinwrite:apply'])
      expect(channel(name).hasSubscribers).toBe(false)
    expect(channel('twinwrite:switch').hasSubscribers).toBe(true)
    lines()
    expect(channel('twinwrite:switch').hasSubscribers).toBe(false)
    const registry = new Registry()
    const again = prometheusMetrics([shop.migration], { registry, prefix: 'app_' })
    expect(registry.getSingleMetric('app_writes_total')).toBeDefined()
    again.close()
    expect(registry.getMetricsAsArray()).toEqual([])
  })
})

/** All lines, as pino writes them. */
function recorded(): { lines: Line[]; end: () => void } {
  const lines: Line[] = []
  const write = (text: string): void => void lines.push(JSON.parse(text) as Line)
  const end = structuredLog(pino({ level: 'debug' }, { write }), {
    debug: true,
    traceId: () => 'trace-of-the-request',
  })
  return { lines, end }
}

/** The gates ask before the freeze and again in it. */
function secondTime(closed: () => Promise<readonly string[]>): () => Promise<readonly string[]> {
  let calls = 0
  return () => (++calls === 2 ? closed() : Promise.resolve([]))
}

/** Begins at once: a query of Knex begins when it is awaited. */
async function insertOf(db: Shop['db'], row: Record<string, unknown>): Promise<void> {
  await db('orders').insert(row)
}

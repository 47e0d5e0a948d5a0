// npm run bench -- [--engine postgres] [--quick true] [--rounds N] [--ms N] [--workers N] [--json FILE]
// Overhead of double writes as ratios to plain Knex, measured in one run, with durable commits. Below 1 is faster than plain.

import { serverEngines, type ServerEngine } from '@twinwrite/testkit'
import { close, flags, wholeNumber } from '../proof.ts'
import { applierRate } from './applier.ts'
import { median, sample, type Sample } from './measure.ts'
import { operations, rows } from './operations.ts'
import { openVariant, type VariantName, variantNames } from './variants.ts'

const given = flags({
  engine: `one of ${serverEngines.join(', ')} (default: all)`,
  quick: 'true: few short rounds, to see that it runs',
  rounds: 'rounds per operation (9)',
  ms: 'time in ms of one variant in one round (500)',
  workers: 'writes at once (8)',
  json: 'file for the report',
})
const quick = given.quick === 'true'
const rounds = wholeNumber(given.rounds, quick ? 2 : 9, 'rounds')
const ms = wholeNumber(given.ms, quick ? 150 : 500, 'ms')
const workers = wholeNumber(given.workers, 8, 'workers')
const engines = serverEngines.filter((engine) => given.engine === undefined || engine === given.engine)
if (engines.length === 0) {
  console.error(`--engine takes one of ${serverEngines.join(', ')}`)
  process.exit(2)
}

interface Line {
  readonly engine: ServerEngine
  readonly operation: string
  readonly variant: VariantName
  readonly p50Ms: number
  readonly p99Ms: number
  readonly perSecond: number
  /** Medians over the rounds of the ratio to plain in the same round. */
  readonly p50Ratio: number
  readonly throughputRatio: number
}

const lines: Line[] = []
const appliers: { source: ServerEngine; target: ServerEngine; keysPerSecond: number }[] = []
for (const engine of engines) {
  const variants = []
  for (const name of variantNames) {
    const variant = await openVariant(engine, name, workers)
    const values = (from: number): string =>
      Array.from({ length: 1000 }, (_, index) => `(${from + index}, 1, 'open', 1, 'filled')`).join(',')
    for (let from = 1; from <= rows; from += 1000) {
      await variant.fill(`INSERT INTO orders (id, customer_id, status, total, note) VALUES ${values(from)}`)
    }
    if (engine === 'postgres')
      await variant.fill(`SELECT setval(pg_get_serial_sequence('orders', 'id'), ${rows})`)
    variants.push(variant)
  }
  for (const operation of operations) {
    const taken = new Map<VariantName, Sample[]>(variantNames.map((name) => [name, []]))
    for (let round = -1; round < rounds; round++) {
      // Each round begins with another variant; the first one only warms up.
      for (let step = 0; step < variants.length; step++) {
        const variant = variants[(step + Math.max(0, round)) % variants.length]!
        const one = await sample(variant, operation, workers, round < 0 ? ms / 2 : ms)
        if (round >= 0) taken.get(variant.name)!.push(one)
      }
    }
    const plain = taken.get('plain')!
    for (const name of variantNames) {
      const samples = taken.get(name)!
      const line: Line = {
        engine,
        operation: operation.name,
        variant: name,
        p50Ms: median(samples.map((one) => one.p50Ms)),
        p99Ms: median(samples.map((one) => one.p99Ms)),
        perSecond: median(samples.map((one) => one.perSecond)),
        p50Ratio: median(samples.map((one, round) => one.p50Ms / plain[round]!.p50Ms)),
        throughputRatio: median(samples.map((one, round) => one.perSecond / plain[round]!.perSecond)),
      }
      lines.push(line)
      console.log(
        `${engine.padEnd(9)} ${operation.name.padEnd(24)} ${name.padEnd(13)} p50 ${line.p50Ms.toFixed(2)} ms (x${line.p50Ratio.toFixed(2)})  ` +
          `p99 ${line.p99Ms.toFixed(2)} ms  ${Math.round(line.perSecond)}/s (x${line.throughputRatio.toFixed(2)})`,
      )
    }
  }
  for (const variant of variants) await variant.end()
  const target = engine === 'postgres' ? 'mysql' : 'postgres'
  const keysPerSecond = await applierRate(engine, target, quick ? 5000 : 50_000)
  appliers.push({ source: engine, target, keysPerSecond })
  console.log(`${engine.padEnd(9)} applier to ${target}: ${Math.round(keysPerSecond)} keys/s`)
}
close(
  { passed: lines.length + appliers.length, failed: 0, skipped: 0, workers, rounds, ms, lines, appliers },
  given.json,
)
process.exit()

// npm run bench -- [--orm knex] [--engine postgres] [--quick true] [--rounds N] [--ms N] [--workers N] [--json FILE]
// Overhead of double writes as ratios to the plain ORM, measured in one run, with durable commits. Below 1 is faster than plain.

import { serverEngines, type ServerEngine } from '@twinwrite/testkit'
import { close, flags, wholeNumber } from '../proof.ts'
import { applierRate } from './applier.ts'
import { compare, type Compared } from './compare.ts'
import type { Knex } from 'knex'
import { type Operation, operations, rows } from './operations.ts'
import { type BenchClient, prismaOperations } from './prisma-operations.ts'
import { openPrismaVariant, prismaVariantNames } from './prisma-variants.ts'
import { openVariant, type Variant, type VariantName, variantNames } from './variants.ts'

const given = flags({
  orm: 'one of knex, prisma (default: all)',
  engine: `one of ${serverEngines.join(', ')} (default: all)`,
  quick: 'true: few short rounds, to see that it runs',
  rounds: 'rounds per operation and load (7)',
  ms: 'time in ms of one variant in one round (400)',
  workers: 'writes at once (8)',
  json: 'file for the report',
})
const quick = given.quick === 'true'
const settings = {
  rounds: wholeNumber(given.rounds, quick ? 2 : 7, 'rounds'),
  ms: wholeNumber(given.ms, quick ? 100 : 400, 'ms'),
  workers: wholeNumber(given.workers, 8, 'workers'),
}
const engines = serverEngines.filter((engine) => given.engine === undefined || engine === given.engine)
if (engines.length === 0) {
  console.error(`--engine takes one of ${serverEngines.join(', ')}`)
  process.exit(2)
}

interface Line extends Compared {
  readonly orm: string
  readonly engine: ServerEngine
}

/** One ORM's operations, and how its variants are opened. */
interface Bench<Db> {
  readonly orm: string
  readonly operations: readonly Operation<Db>[]
  names(engine: ServerEngine): VariantName[]
  open(engine: ServerEngine, name: VariantName, connections: number): Promise<Variant<Db>>
}

const benches = [
  { orm: 'knex', operations, names: variantNames, open: openVariant } satisfies Bench<Knex>,
  {
    orm: 'prisma',
    operations: prismaOperations,
    names: prismaVariantNames,
    open: openPrismaVariant,
  } satisfies Bench<BenchClient>,
].filter(({ orm }) => given.orm === undefined || orm === given.orm)
if (benches.length === 0) {
  console.error('--orm takes one of knex, prisma')
  process.exit(2)
}

const lines: Line[] = []
const appliers: { source: ServerEngine; target: ServerEngine; keysPerSecond: number }[] = []
console.log('p50 at a third of the load that the plain ORM can do; rate at the most that each can do')
for (const engine of engines) {
  for (const bench of benches) await measure(bench as Bench<unknown>, engine)
  const target = engine === 'postgres' ? 'mysql' : 'postgres'
  const keysPerSecond = await applierRate(engine, target, quick ? 5000 : 50_000)
  appliers.push({ source: engine, target, keysPerSecond })
  console.log(`${engine.padEnd(9)} applier to ${target}: ${Math.round(keysPerSecond)} keys/s`)
}
const passed = lines.length + appliers.length
close({ passed, failed: 0, skipped: 0, ...settings, lines, appliers }, given.json)
process.exit()

async function measure<Db>({ orm, operations, names, open }: Bench<Db>, engine: ServerEngine): Promise<void> {
  const variants: Variant<Db>[] = []
  for (const name of names(engine))
    variants.push(await filled(await open(engine, name, settings.workers), engine))
  for (const operation of operations) {
    for (const line of await compare(variants, operation, settings)) {
      lines.push({ orm, engine, ...line })
      print(orm, engine, line)
    }
  }
  for (const variant of variants) await variant.end()
}

async function filled<Db>(variant: Variant<Db>, engine: ServerEngine): Promise<Variant<Db>> {
  for (let from = 1; from <= rows; from += 1000) {
    const values = Array.from({ length: 1000 }, (_, index) => `(${from + index}, 1, 'open', 1, 'filled')`)
    await variant.fill(`INSERT INTO orders (id, customer_id, status, total, note) VALUES ${values.join(',')}`)
  }
  if (engine === 'postgres')
    await variant.fill(`SELECT setval(pg_get_serial_sequence('orders', 'id'), ${rows})`)
  return variant
}

function print(orm: string, engine: ServerEngine, line: Compared): void {
  const { operation, variant, p50Ms, p50Ratio, p99Ms, perSecond, throughputRatio } = line
  console.log(
    `${orm.padEnd(7)} ${engine.padEnd(9)} ${operation.padEnd(24)} ${variant.padEnd(21)} p50 ${p50Ms.toFixed(2)} ms (x${p50Ratio.toFixed(2)})  ` +
      `p99 ${p99Ms.toFixed(2)} ms  ${Math.round(perSecond)}/s (x${throughputRatio.toFixed(2)})`,
  )
}

// npm run bench -- [--orm knex] [--engine postgres] [--quick true] [--rounds N] [--ms N] [--workers N] [--json FILE]
// Overhead of double writes as ratios to the plain ORM, measured in one run, with durable commits. Below 1 is faster than plain.

import { serverEngines, type ServerEngine } from '@twinwrite/testkit'
import { close, flags, wholeNumber } from '../proof.ts'
import { applierRate } from './applier.ts'
import { compare, type Compared } from './compare.ts'
import { knexOrm } from './knex/knex-orm.ts'
import type { Orm } from './orm.ts'
import { prismaOrm } from './prisma/prisma-orm.ts'
import { typeormOrm } from './typeorm/typeorm-orm.ts'
import { openVariant, variantNames } from './variants.ts'

const orms: readonly Orm<unknown>[] = [knexOrm, prismaOrm, typeormOrm]
const ormNames = orms.map(({ name }) => name).join(', ')

const given = flags({
  orm: `one of ${ormNames} (default: all)`,
  engine: `one of ${serverEngines.join(', ')} (default: all)`,
  quick: 'true: few short rounds, to see that it runs',
  rounds: 'rounds per operation and load (7)',
  ms: 'time in ms of one variant in one round (400)',
  workers: 'writes at once (8)',
  json: 'file for the report',
})
const quick = given.quick === 'true'
const settings = {
  rounds: wholeNumber(given.rounds, quick ? 1 : 7, 'rounds'),
  ms: wholeNumber(given.ms, quick ? 20 : 400, 'ms'),
  workers: wholeNumber(given.workers, quick ? 4 : 8, 'workers'),
}
const engines = serverEngines.filter((engine) => given.engine === undefined || engine === given.engine)
if (engines.length === 0) {
  console.error(`--engine takes one of ${serverEngines.join(', ')}`)
  process.exit(2)
}

const chosen = orms.filter(({ name }) => given.orm === undefined || name === given.orm)
if (chosen.length === 0) {
  console.error(`--orm takes one of ${ormNames}`)
  process.exit(2)
}

interface Line extends Compared {
  readonly orm: string
  readonly engine: ServerEngine
}

const lines: Line[] = []
const appliers: { source: ServerEngine; target: ServerEngine; keysPerSecond: number }[] = []
console.log('p50 at a third of the load that the plain ORM can do; rate at the most that each can do')
for (const engine of engines) {
  for (const orm of chosen) await measure(orm, engine)
  const target = engine === 'postgres' ? 'mysql' : 'postgres'
  const keysPerSecond = await applierRate(engine, target, quick ? 5000 : 50_000)
  appliers.push({ source: engine, target, keysPerSecond })
  console.log(`${engine.padEnd(9)} applier to ${target}: ${Math.round(keysPerSecond)} keys/s`)
}
const passed = lines.length + appliers.length
close({ passed, failed: 0, skipped: 0, ...settings, lines, appliers }, given.json)
process.exit()

async function measure(orm: Orm<unknown>, engine: ServerEngine): Promise<void> {
  const variants = await Promise.all(
    variantNames(orm, engine).map((name) => openVariant(orm, engine, name, settings.workers)),
  )
  for (const operation of orm.operations) {
    for (const line of await compare(variants, operation, settings)) {
      lines.push({ orm: orm.name, engine, ...line })
      print(orm.name, engine, line)
    }
  }
  await Promise.all(variants.map(({ end }) => end()))
}

function print(orm: string, engine: ServerEngine, line: Compared): void {
  const { operation, variant, p50Ms, p50Ratio, p99Ms, perSecond, throughputRatio } = line
  console.log(
    `${orm.padEnd(7)} ${engine.padEnd(9)} ${operation.padEnd(24)} ${variant.padEnd(21)} p50 ${p50Ms.toFixed(2)} ms (x${p50Ratio.toFixed(2)})  ` +
      `p99 ${p99Ms.toFixed(2)} ms  ${Math.round(perSecond)}/s (x${throughputRatio.toFixed(2)})`,
  )
}

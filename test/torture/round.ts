// One round: a fresh pair of databases, a fleet under load, a nemesis, and then the exact comparison.

import {
  adminQuery,
  dedicatedServer,
  type DedicatedServer,
  freshDatabase,
  type ServerEngine,
} from '@twinwrite/testkit'
import { Book } from './book.ts'
import { type Divergence, contentsOf, divergences } from './compare.ts'
import { Fleet } from './fleet.ts'
import { killRandomSession, serverFault } from './nemesis.ts'
import type { Addresses, Connect } from './orm.ts'
import { connectBy, type OrmName } from './orms.ts'
import { seeded } from '../random.ts'
import { hurriedConfig, sourceSchema, targetSchema } from './schema.ts'

export interface Pair {
  readonly source: ServerEngine
  readonly target: ServerEngine
}

export interface RoundOptions {
  /** Folder of the bundled workers. */
  readonly workers: URL
  readonly orm: OrmName
  readonly pair: Pair
  readonly seed: number
  readonly ms: number
  /** The traffic goes on until so many switches went through. */
  readonly switches: number
  /** Runs on servers of its own, one of which is killed or paused. */
  readonly serverFaults: boolean
}

export interface RoundReport {
  readonly orm: OrmName
  readonly pair: string
  readonly seed: number
  readonly passed: boolean
  readonly tried: number
  readonly acked: number
  readonly kills: number
  readonly pauses: number
  readonly sessionsKilled: number
  readonly serverFaults: readonly string[]
  readonly switches: number
  readonly refusedSwitches: number
  readonly switchPauseMs: { readonly median: number; readonly max: number } | null
  readonly errors: Readonly<Record<string, number>>
  readonly wrong: readonly string[]
  readonly divergent: readonly Divergence[]
  readonly drainMs: number
}

/** On a busy machine a round lasts until it has shown something, for at most as many times its length more. */
const leastAcked = 20
const patience = 5

export async function round(options: RoundOptions): Promise<RoundReport> {
  const { workers, orm, pair, seed, ms, switches, serverFaults } = options
  const random = seeded(seed)
  const connect = await connectBy(orm)
  const own: Partial<Record<keyof Pair, DedicatedServer>> = {}
  if (serverFaults) {
    own.source = await dedicatedServer(pair.source)
    own.target = await dedicatedServer(pair.target)
  }
  const source = await freshDatabase(pair.source, own.source)
  const target = await freshDatabase(pair.target, own.target)
  const addresses = {
    source: { engine: pair.source, url: source.url, connection: source.connection },
    target: { engine: pair.target, url: target.url, connection: target.connection },
  }
  const faults: string[] = []
  const tally = { kills: 0, pauses: 0, sessionsKilled: 0 }
  const book = new Book()
  const fleet = new Fleet(workers, orm, addresses, book, seed)
  try {
    for (const sql of sourceSchema(pair.source)) await adminQuery(pair.source, source.url, sql)
    for (const sql of targetSchema(pair.target)) await adminQuery(pair.target, target.url, sql)
    const { migration, close } = await connect(addresses, hurriedConfig)
    await migration.install()
    await migration.setStage('source-first')
    await migration.load()
    await close()

    await Promise.all([
      ...Array.from({ length: 4 }, () => fleet.spawn('writer')),
      fleet.spawn('relay'),
      fleet.spawn('controller'),
    ])
    const until = Date.now() + ms
    const longest = until + patience * ms
    const faultAt = Date.now() + ms / 3
    const goesOn = (): boolean =>
      Date.now() < until ||
      fleet.pauses.length < switches ||
      (book.acked < leastAcked && Date.now() < longest)
    while (goesOn()) {
      await new Promise((resolve) => setTimeout(resolve, 200 + random.below(500)))
      // On a busy machine processes would be killed faster than they start.
      if (!fleet.listen()) continue
      if (serverFaults && faults.length === 0 && Date.now() > faultAt) {
        const side = random.pick(['source', 'target'] as const)
        faults.push(await serverFault(side, own[side]!, random))
      }
      const what = random.below(10)
      if (what < 5) {
        tally.kills++
        await fleet.replace(random.below(fleet.size))
      } else if (what < 7) {
        tally.pauses++
        await fleet.pause(random.below(fleet.size), 100 + random.below(1000))
      } else {
        const side = random.pick(['source', 'target'] as const)
        tally.sessionsKilled += await killRandomSession(pair[side], addresses[side].url, random)
      }
    }
    await fleet.killAll()

    const drainStarted = Date.now()
    await settle(connect, addresses)
    const drainMs = Date.now() - drainStarted
    const divergent = await divergences(addresses)
    const wrong = book.judge(await contentsOf(addresses.source))
    if (book.acked < leastAcked) wrong.push(`only ${book.acked} tokens were acknowledged`)
    for (const error of fleet.errors.keys()) if (error.startsWith('crashed')) wrong.push(error)
    const sorted = [...fleet.pauses].sort((left, right) => left - right)
    return {
      orm,
      pair: `${pair.source}>${pair.target}`,
      seed,
      passed: divergent.length === 0 && wrong.length === 0,
      tried: book.tried,
      acked: book.acked,
      ...tally,
      serverFaults: faults,
      switches: sorted.length,
      refusedSwitches: fleet.refused,
      switchPauseMs:
        sorted.length === 0 ? null : { median: sorted[sorted.length >> 1]!, max: sorted.at(-1)! },
      errors: Object.fromEntries(fleet.errors),
      wrong,
      divergent,
      drainMs,
    }
  } finally {
    await fleet.killAll()
    await source.drop()
    await target.drop()
    await own.source?.stop()
    await own.target?.stop()
  }
}

/** What any process would do by itself in time: finish the switch, apply what is left. */
async function settle(connect: Connect, addresses: Addresses): Promise<void> {
  const { migration, close } = await connect(addresses, hurriedConfig)
  try {
    await migration.recover()
    if (!(await migration.drain({ timeoutMs: 60_000 }))) {
      throw new Error(`the journal does not drain: ${JSON.stringify(await migration.status())}`)
    }
  } finally {
    await close()
  }
}

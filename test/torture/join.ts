// How a process of the fleet begins: packets held back now and then, and a client with double writes of its ORM.

import { parent } from '@twinwrite/testkit'
import { setTimeout as sleep } from 'node:timers/promises'
import { buggify } from './buggify.ts'
import type { Addresses, Member } from './orm.ts'
import { connectBy, type OrmName } from './orms.ts'
import { type Random, seeded } from '../random.ts'
import { hurriedConfig, migrationConfig } from './schema.ts'

/** What the fleet tells a process of itself. */
export interface Job {
  readonly orm: OrmName
  readonly addresses: Addresses
  readonly name: string
  readonly seed: number
  /** Milliseconds between the beginnings of two writes, and no packet held back; left out: one after the other. */
  readonly everyMs?: number | undefined
}

interface Joined {
  readonly name: string
  readonly random: Random
  readonly db: Member
  readonly everyMs: number | undefined
}

export async function join(): Promise<Joined> {
  const { orm, addresses, name, seed, everyMs } = JSON.parse(process.argv[2]!) as Job
  const connect = await connectBy(orm)
  if (everyMs === undefined) buggify(seeded(seed + 1), 25)
  const config = everyMs === undefined ? hurriedConfig : migrationConfig
  const db = await patiently(() => connect(addresses, config))
  parent.send({ ready: true })
  return { name, random: seeded(seed), db, everyMs }
}

/** An ORM that connects at once may meet a server that is down; whoever runs the app would start it again. */
async function patiently(connect: () => Promise<Member>): Promise<Member> {
  for (;;) {
    try {
      return await connect()
    } catch (error) {
      parent.send({ error: `did not start: ${(error as Error).message.slice(0, 120)}` })
      await sleep(200)
    }
  }
}

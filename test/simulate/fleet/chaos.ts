// What happens to a fleet: processes are killed and paused, sessions cut, servers crash.

import type { World } from '../world.ts'

/** Time (ms) after which a server ends a session that idles in a transaction (PROTOCOL section 3, guard b). */
const idleInTransactionMs = [15, 100, 400]

export function chaos(world: World): void {
  const { scheduler, random, plan } = world
  if (plan.faultEveryMs === 0) return
  const next = (): void => {
    scheduler.after(random.fraction() * 2 * plan.faultEveryMs, null, 'chaos', () => {
      if (!world.storm) return
      strike(world)
      next()
    })
  }
  next()
}

function strike(world: World): void {
  const { scheduler, random, databases } = world
  const running = [...world.processes]
  if (running.length === 0) return
  const process = random.pick(running)
  const kind = random.below(20)
  if (kind < 8) {
    scheduler.log(process.name, '*** kill -9')
    process.kill()
  } else if (kind < 13) {
    const forMs = random.pick([5, 20, 60, 150, 900])
    pause(world, process, forMs)
  } else if (kind < 19) {
    const sessions = [...databases.source.sessions, ...databases.target.sessions]
    if (sessions.length === 0) return
    // Those that hold locks are the ones that count, and their owners often don't notice at once.
    const holding = sessions.filter(({ locks }) => locks.size > 0)
    const session = random.pick(holding.length > 0 && !random.oneIn(3) ? holding : sessions)
    scheduler.log(session.name, '*** session killed')
    session.close('killed by the server')
    if (random.oneIn(3)) pause(world, session.owner, random.pick([10, 30, 100]))
  } else {
    const side = random.pick(['source', 'target'] as const)
    databases[side].crash(random.pick([5, 50, 300]))
  }
}

function pause(world: World, process: ReturnType<World['process']>, forMs: number): void {
  const { scheduler, random, databases } = world
  const idleMs = random.pick(idleInTransactionMs)
  scheduler.log(process.name, `*** paused for ${forMs} ms`)
  process.pause()
  scheduler.after(forMs, null, 'continue', () => process.resume())
  for (const database of [databases.source, databases.target]) {
    for (const session of database.sessions) {
      if (session.owner !== process) continue
      const { statements } = session
      scheduler.after(idleMs, null, 'idle-timeout', () => {
        const idle =
          session.open && session.transaction !== null && session.statements === statements && !session.busy
        if (idle) session.close('idle in transaction for too long')
      })
    }
  }
}

// One piece of work, done by processes that are killed again and again, until one of them may end it.

import { type ServerEngine, spawnWorker, type Worker } from '@twinwrite/testkit'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Place } from '../backfill/place.ts'
import { shopConfig } from '../backfill/place.ts'
import type { Random } from '../random.ts'
import type { Message, Reports, Task, Work } from './operator.worker.ts'

export interface Victims<Kind extends Work['kind']> {
  /** Null where it was killed when all was done, and before it could say so. */
  readonly report: Reports[Kind] | null
  readonly kills: number
}

export interface Hunt {
  /** The bundled operator. */
  readonly worker: URL
  readonly place: Place
  readonly random: Random
  /** Rows of the work, about. */
  readonly rows: number
  /** Called after each kill. @returns whether nothing is left to do */
  killed(): Promise<boolean>
}

const patienceMs = 600_000

/**
 * @param kills at most so many: work that ends before its kill is done
 * @throws Error where a process fails by itself
 */
export async function hunted<Kind extends Work['kind']>(
  { worker: file, place, random, rows, killed }: Hunt,
  work: Extract<Work, { kind: Kind }>,
  kills: number,
): Promise<Victims<Kind>> {
  const start = (last: boolean): Worker<Message> => {
    const worker = spawnWorker<Message>(file)
    worker.send(taskOf(place, last ? atFullSpeed(work) : work))
    return worker
  }
  for (let kill = 0; ; kill++) {
    // Two at once share a load; of two verifications one would have to give way.
    const last = kill === kills
    const first = start(last)
    const two = work.kind === 'backfill' && !last && random.chance(0.2)
    const workers = two ? [first, start(last)] : [first]
    try {
      await first.receive((message) => 'begun' in message || 'failed' in message, patienceMs)
      if (work.kind === 'repair' && !last) await sleep(random.below(150))
      else if (!last) await moment(first, random, rows)
      const ended = last ? await first.receive(isEnd, patienceMs) : first.received().find(isEnd)
      const report = ended === undefined ? null : (reportOf(ended) as Reports[Kind])
      // Of two, the second may have begun only when the first had ended: it loads again.
      if (report !== null && !two) return { report, kills: kill }
    } finally {
      await Promise.all(workers.map((worker) => worker.kill9()))
    }
    if (await killed()) return { report: null, kills: kill + 1 }
  }
}

/** Any moment of a long run: right at the start, amid the rows, or when the last ones are done. */
async function moment(worker: Worker<Message>, random: Random, rows: number): Promise<void> {
  const part = random.pick([0, 0.5, 1])
  const least = part === 0 ? 0 : part === 1 ? rows * 0.98 : random.below(rows)
  if (least > 0) {
    const reached = (message: Message): boolean =>
      isEnd(message) || ('rows' in message && message.rows >= least)
    await worker.receive(reached, patienceMs)
  }
  await sleep(random.below(part === 0.5 ? 60 : 250))
}

function atFullSpeed(work: Work): Work {
  if (work.kind === 'repair') return work
  const { rowsPerSecond: _, ...options } = work.options
  return { ...work, options }
}

function isEnd(message: Message): boolean {
  return 'report' in message || 'failed' in message
}

function reportOf(ended: Message): Reports[Work['kind']] {
  if ('report' in ended) return ended.report
  throw new Error(`a process failed by itself: ${'failed' in ended ? ended.failed : 'it told nothing'}`)
}

function taskOf({ pair, connection }: Place, work: Work): Task {
  const side = (name: 'source' | 'target') => ({
    engine: pair[name] satisfies ServerEngine,
    connection: connection[name],
  })
  return { config: shopConfig(pair), sides: { source: side('source'), target: side('target') }, work }
}

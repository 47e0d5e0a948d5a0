// Runs operations of the app at their place. One that was refused because the stage moved runs again on the side that is
// primary now, unseen by the app, where running it twice is the same as running it once. Upholds W1, W8.

import { isMoved, mostMoves } from '@twinwrite/core'
import type { Place, Session, Subject } from './place.ts'
import { type Describe, propertyOf } from './read-call.ts'
import type { Running } from './running.ts'
import { sinceOvertaken } from './side-client.ts'

/** How an operation may run more than once. */
export interface Repeats {
  /** Whether it may run again after this refusal; always when left out. */
  readonly repeatable?: (untouched: boolean) => boolean
  /** Of a read: what it reads. */
  readonly describe?: Describe | undefined
}

type Work<T> = (place: Place) => T | Promise<T>

export class Router {
  readonly #running: Running

  constructor(running: Running) {
    this.#running = running
  }

  run<T>(session: Session, subject: Subject, work: Work<T>, repeats: Repeats = {}): Promise<T> {
    const { describe } = repeats
    const { reads } = this.#running.migration
    const run = (): Promise<T> => this.#atPlace(session, subject, work, repeats)
    // What runs on a runner stays there.
    if (reads === null || describe === undefined || session !== this.#running) return run()
    return reads.answer({
      run,
      describe: () => {
        const read = describe()
        return (
          read && {
            ...read,
            nameOf: (table, column) => propertyOf(this.#running, table, column),
            serve: async () => work(await this.#running.onTarget()),
            aside: (side, signal) => this.#running.aside.run(side, work, signal),
          }
        )
      },
    })
  }

  async #atPlace<T>(
    session: Session,
    subject: Subject,
    work: Work<T>,
    { repeatable = always }: Repeats,
  ): Promise<T> {
    const first = session.place(subject)
    let place = first instanceof Promise ? await first : first
    for (let moves = 0; ; moves++) {
      try {
        return await work(place)
      } catch (thrown) {
        const ownRunner = place.runner === undefined && subject.kind === 'mapped'
        const error = ownRunner ? sinceOvertaken(thrown) : thrown
        if (!isMoved(error) || !session.movable || moves >= mostMoves) throw error
        if (!repeatable(error.primary === 'untouched')) throw error
        await this.#running.migration.movedFrom(place.side)
        const next = await session.place(subject)
        if (next.side === place.side && error.primary === 'untouched') throw error
        place = next
      }
    }
  }
}

function always(): boolean {
  return true
}

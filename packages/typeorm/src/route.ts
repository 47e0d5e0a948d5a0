// Runs operations of the app at their place. One that was refused because the stage moved runs again on the side that is
// primary now, unseen by the app, where running it twice is the same as running it once. Upholds W1, W8.

import { isMoved, mostMoves } from '@twinwrite/core'
import type { Place, Session, Subject } from './place.ts'
import type { Running } from './running.ts'

export class Router {
  readonly #running: Running

  constructor(running: Running) {
    this.#running = running
  }

  /** @param repeatable whether it may run again after this refusal */
  async run<T>(
    session: Session,
    subject: Subject,
    work: (place: Place) => T | Promise<T>,
    repeatable: (untouched: boolean) => boolean = always,
  ): Promise<T> {
    const first = session.place(subject)
    let place = first instanceof Promise ? await first : first
    for (let moves = 0; ; moves++) {
      try {
        return await work(place)
      } catch (error) {
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

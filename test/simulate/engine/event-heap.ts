// Events in the order of their time, and of their making where the times are equal.

import type { SimProcess } from './sim-process.ts'

export interface SimEvent {
  at: number
  order: number
  /** Whose code it runs; null for servers and the network. A paused owner's events wait, a dead one's are dropped. */
  readonly owner: SimProcess | null
  readonly label: string
  readonly run: () => void
  cancelled: boolean
}

export class EventHeap {
  readonly #heap: SimEvent[] = []

  get size(): number {
    return this.#heap.length
  }

  push(event: SimEvent): void {
    const heap = this.#heap
    let index = heap.length
    heap.push(event)
    while (index > 0) {
      const parent = (index - 1) >> 1
      const above = heap[parent] as SimEvent
      if (!before(event, above)) break
      heap[index] = above
      index = parent
    }
    heap[index] = event
  }

  pop(): SimEvent | undefined {
    const heap = this.#heap
    const top = heap[0]
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return top
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && before(heap[child + 1] as SimEvent, heap[child] as SimEvent)) child++
      const below = heap[child] as SimEvent
      if (!before(below, last)) break
      heap[index] = below
      index = child
    }
    heap[index] = last
    return top
  }
}

function before(left: SimEvent, right: SimEvent): boolean {
  return left.at < right.at || (left.at === right.at && left.order < right.order)
}

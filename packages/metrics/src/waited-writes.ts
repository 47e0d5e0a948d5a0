// Gathers the writes that waited for one switch, so that they are one line of the log and not thousands.

export interface Waited {
  readonly switchId: string | null
  readonly writes: number
  readonly longestMs: number
  readonly gaveUp: number
}

/** Milliseconds of gathering: writes that waited go on at about the same time. */
const gatherMs = 100

export class WaitedWrites {
  readonly #tell: (migration: string, waited: Waited) => void
  readonly #gathered = new Map<string, Waited>()
  #timer: NodeJS.Timeout | undefined

  constructor(tell: (migration: string, waited: Waited) => void) {
    this.#tell = tell
  }

  add(migration: string, switchId: string | null, ms: number, ended: boolean): void {
    const before = this.#gathered.get(migration)
    this.#gathered.set(migration, {
      switchId: switchId ?? before?.switchId ?? null,
      writes: (before?.writes ?? 0) + 1,
      longestMs: Math.max(before?.longestMs ?? 0, ms),
      gaveUp: (before?.gaveUp ?? 0) + (ended ? 0 : 1),
    })
    this.#timer ??= setTimeout(() => this.flush(), gatherMs).unref()
  }

  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    for (const [migration, waited] of this.#gathered) this.#tell(migration, waited)
    this.#gathered.clear()
  }
}

// Whole tables of a simulated server: committed rows, a round trip for each look.

import type {
  Bulk,
  DirectedTable,
  FillGuard,
  FillOutcome,
  Key,
  KeyedRow,
  KeyRange,
  Side,
  SpareIndex,
} from '@twinwrite/core'
import type { SimFillSession } from './sim-fill-session.ts'
import type { SimStore } from './sim-store.ts'

/** What a chunk checks; all of it, but for seeded bugs. */
interface Checked {
  readonly fence: boolean
  readonly checkpoint: boolean
  readonly locks: boolean
}

export class SimBulk implements Bulk {
  readonly side: Side
  readonly #store: SimStore
  readonly #checked: Checked

  constructor(store: SimStore, checked: Checked = { fence: true, checkpoint: true, locks: true }) {
    this.side = store.side
    this.#store = store
    this.#checked = checked
  }

  /** For seeded bugs only. */
  without(check: keyof Checked): SimBulk {
    return new SimBulk(this.#store, { ...this.#checked, [check]: false })
  }

  /** The simulated tables are known. */
  use(): void {}

  estimate(table: string): Promise<number> {
    return this.#look('estimate', () => this.#rows(table, { after: null, upTo: null }).length)
  }

  lastKey(table: string): Promise<Key | null> {
    return this.#look('lastKey', () => this.#rows(table, { after: null, upTo: null }).at(-1)?.key ?? null)
  }

  keyAt(table: string, range: KeyRange, rows: number): Promise<Key | null> {
    return this.#look('keyAt', () => this.#rows(table, range)[rows - 1]?.key ?? null)
  }

  keys(table: string, range: KeyRange, limit: number): Promise<readonly Key[]> {
    return this.#look('keys', () =>
      this.#rows(table, range)
        .slice(0, limit)
        .map(({ key }) => key),
    )
  }

  present(table: string, keys: readonly Key[]): Promise<ReadonlySet<Key>> {
    return this.#look(
      'present',
      () => new Set(keys.filter((key) => this.#store.db.committedRow(table, key) !== null)),
    )
  }

  rows(table: string, range: KeyRange): Promise<readonly KeyedRow[]> {
    return this.#look('rows', () => this.#rows(table, range))
  }

  async fill(source: Bulk, table: DirectedTable, range: KeyRange, guard: FillGuard): Promise<FillOutcome> {
    return this.#guarded(guard, async (session) => {
      const rows = await source.rows(table.from.mapping, range)
      const upserts = rows.map(({ key, row }) => ({ key, row: table.convert(row) }))
      await session.insert(table.to.mapping, upserts)
      return rows.length
    })
  }

  empty(table: string, guard: FillGuard): Promise<FillOutcome> {
    return this.#guarded(guard, (session) => session.deleteAll(table))
  }

  /** Simulated tables have no indexes to spare. */
  async spareIndexes(): Promise<readonly SpareIndex[]> {
    return []
  }

  async dropIndex(): Promise<boolean> {
    return true
  }

  async createIndexes(): Promise<void> {}

  async close(): Promise<void> {}

  async #guarded(
    guard: FillGuard,
    write: (session: SimFillSession) => Promise<number>,
  ): Promise<FillOutcome> {
    const session = await this.#store.beginFill(guard.role, this.#checked.fence)
    try {
      const { fence } = session
      const fenced = fence.role === guard.role && (guard.epoch === null || fence.epoch === guard.epoch)
      if (this.#checked.fence && !fenced) {
        await session.rollback()
        return { kind: 'fence' }
      }
      if (this.#checked.locks && guard.role === 'secondary') await session.lockAll()
      const rows = await write(session)
      const { checkpoint } = this.#checked
      const saved = await session.saveCheckpoint(guard.next(rows), checkpoint ? guard.expected : undefined)
      if (saved) await session.commit()
      else await session.rollback()
      return saved ? { kind: 'filled', rows, ms: 1 } : { kind: 'checkpoint' }
    } catch (error) {
      await session.rollback()
      throw error
    }
  }

  #look<T>(label: string, look: () => T): Promise<T> {
    return this.#store.auto(label, look)
  }

  #rows(table: string, { after, upTo }: KeyRange): KeyedRow[] {
    const from = after === null ? Number.NEGATIVE_INFINITY : Number(after)
    const to = upTo === null ? Number.POSITIVE_INFINITY : Number(upTo)
    return [...(this.#store.db.committed.get(table) ?? [])]
      .map(([key, row]) => ({ key, row }))
      .filter(({ key }) => Number(key) > from && Number(key) <= to)
      .sort((left, right) => Number(left.key) - Number(right.key))
  }
}

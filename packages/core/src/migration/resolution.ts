// The mapping as resolved against both catalogs, and the two directions that follow from it. Until both sides have answered there is
// none: capture goes on with one side's catalog, and the journal holds what apply can't carry yet (W7).

import type { TableNames } from '../adapter.ts'
import type { Direction } from '../apply/direction.ts'
import type { Migration } from '../mapping/config.ts'
import { mappingError, type MappingProblem } from '../mapping/problem.ts'
import { planMapping, type TableMapping } from '../mapping/resolve.ts'
import { otherSide, type Side } from '../stage.ts'
import { coded } from './coded.ts'
import type { SideRuntime } from './side-runtime.ts'
import { tableNames } from './table-names.ts'

export class Resolution {
  readonly #migration: Migration
  readonly #sides: Record<Side, SideRuntime>
  #directions: Record<Side, Direction> | null = null
  #attempted = false
  problems: readonly MappingProblem[] = []
  tables: readonly TableNames[]

  constructor(migration: Migration, sides: Record<Side, SideRuntime>) {
    this.#migration = migration
    this.#sides = sides
    this.tables = tableNames(migration, null)
  }

  /** Whether both catalogs were compared, with whatever outcome. */
  get attempted(): boolean {
    return this.#attempted
  }

  /** From the given side to the other one; null while the mapping is not resolved. */
  direction(primary: Side): Direction | null {
    return this.#directions?.[primary] ?? null
  }

  /** Reads both catalogs now. @throws TwinwriteError `TW_UNREACHABLE` */
  async resolve(): Promise<void> {
    await coded(async () => {
      const [source, target] = await Promise.all([this.#sides.source.catalog(), this.#sides.target.catalog()])
      const { mappings, problems } = planMapping(this.#migration, source, target)
      this.problems = problems
      this.#attempted = true
      this.#directions = mappings.length === 0 ? null : this.#connect(mappings)
      if (mappings.length > 0) this.tables = tableNames(this.#migration, mappings)
    })
  }

  /** @throws TwinwriteError `TW_UNREACHABLE`, or the first problem of the mapping with all others in its message */
  async demand(): Promise<void> {
    await this.resolve()
    const error = mappingError(this.problems)
    if (error !== undefined) throw error
  }

  #connect(mappings: readonly TableMapping[]): Record<Side, Direction> {
    for (const side of ['source', 'target'] as const) {
      this.#sides[side].use(new Map(mappings.map((mapping) => [mapping.name, mapping[side]])))
    }
    const direction = (primarySide: Side): Direction => {
      const secondarySide = otherSide(primarySide)
      return {
        primarySide,
        primary: this.#sides[primarySide].store,
        secondary: this.#sides[secondarySide].store,
        tables: new Map(
          mappings.map(({ name, toTarget, toSource, telling, carriesTexts, comparesTexts, ...of }) => {
            const [convert, back] = primarySide === 'source' ? [toTarget, toSource] : [toSource, toTarget]
            const [from, to] = [primarySide, secondarySide]
            const counts = { from: telling[from], to: telling[to] }
            const table = { from: of[from], to: of[to], convert, back, telling: counts }
            return [name, { ...table, carriesTexts: carriesTexts[from], comparesTexts: comparesTexts[from] }]
          }),
        ),
      }
    }
    return { source: direction('source'), target: direction('target') }
  }
}

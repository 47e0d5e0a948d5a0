// Which tables of the app move: by the names that stand in SQL, and by the entities whose rows they hold.

import type { Side, TableName, TableNames } from '@twinwrite/core'
import type { EntityMetadata } from 'typeorm'
import type { DialectName } from './dialect.ts'
import type { Driver } from './typeorm-internals.ts'

/** Where one side's tables stand when a statement does not say it. */
interface Place {
  readonly dialect: DialectName
  readonly driver: Driver
}

export class MappedTables {
  readonly #names: () => readonly TableNames[]
  readonly #places: Readonly<Record<Side, Place>>
  #read: readonly TableNames[] | undefined
  #bySide: Record<Side, Map<string, TableNames>> = { source: new Map(), target: new Map() }

  constructor(names: () => readonly TableNames[], places: Readonly<Record<Side, Place>>) {
    this.#names = names
    this.#places = places
  }

  /** The mapping of a table under its name on the side. */
  find(side: Side, schema: string | null, name: string): TableNames | undefined {
    const names = this.#names()
    if (names !== this.#read) {
      this.#read = names
      for (const each of ['source', 'target'] as const) {
        this.#bySide[each] = new Map(
          names.map((table) => [this.#key(each, table[each].schema, table[each].name), table]),
        )
      }
    }
    return this.#bySide[side].get(this.#key(side, schema, name))
  }

  /** The first of these tables that is mapped. */
  among(side: Side, tables: readonly TableName[]): TableNames | undefined {
    for (const { schema, name } of tables) {
      const found = this.find(side, schema, name)
      if (found !== undefined) return found
    }
    return undefined
  }

  ofEntity(side: Side, metadata: EntityMetadata): TableNames | undefined {
    const { dialect } = this.#places[side]
    const schema = dialect === 'mysql' ? metadata.database : dialect === 'postgres' ? metadata.schema : null
    return this.find(side, schema ?? null, metadata.tableName)
  }

  #key(side: Side, schema: string | null, name: string): string {
    const { dialect, driver } = this.#places[side]
    if (dialect === 'sqlite') return name.toLowerCase()
    if (dialect === 'mysql') return JSON.stringify([schema ?? driver.database ?? '', name])
    return JSON.stringify([schema ?? driver.searchSchema ?? 'public', name])
  }
}

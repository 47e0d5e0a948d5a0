// One `doubleWrite` at work: both sides' data sources, the running migration, and where operations outside of a runner go.

import type { RunningMigration, Side } from '@twinwrite/core'
import type { DataSource, QueryRunner } from 'typeorm'
import { Aside } from './aside.ts'
import { connectionSpec } from './connection-spec.ts'
import { dialectOf } from './dialect.ts'
import { MappedTables } from './mapped-tables.ts'
import { type DoubleWriteOptions, targetOptions } from './options.ts'
import type { Place, Session, Subject } from './place.ts'
import { Router } from './route.ts'
import { SideClient } from './side-client.ts'
import { sourceView } from './source-view.ts'
import { Subjects } from './subject.ts'
import { makeTarget } from './target-data-source.ts'
import { internals, type ReplicationMode } from './typeorm-internals.ts'

export class Running implements Session {
  /** The app's. */
  readonly dataSource: DataSource
  readonly sides: Readonly<Record<Side, SideClient>>
  readonly tables: MappedTables
  readonly subjects: Subjects
  readonly router: Router
  /** Where reads run a second time. */
  readonly aside: Aside
  readonly movable = true
  readonly #options: DoubleWriteOptions
  readonly #places: Readonly<Record<Side, Place>>
  #migration: RunningMigration | undefined
  #opening: Promise<void> | undefined
  #isOpen = false

  constructor(dataSource: DataSource, options: DoubleWriteOptions) {
    this.dataSource = dataSource
    this.#options = options
    const target = makeTarget(this, targetOptions(options.target))
    this.tables = new MappedTables(() => this.migration.tables, {
      source: { dialect: dialectOf(dataSource.options), driver: internals(dataSource).driver },
      target: { dialect: dialectOf(target.options), driver: internals(target).driver },
    })
    this.sides = {
      source: new SideClient('source', sourceView(dataSource), this),
      target: new SideClient('target', target, this),
    }
    this.#places = { source: placeOf(this.sides.source), target: placeOf(this.sides.target) }
    this.subjects = new Subjects(this.sides.source, this.tables, () => this.migration.engines)
    this.router = new Router(this)
    this.aside = new Aside(this)
  }

  /** Starts with the first use, so that a data source that is never initialized has nothing to end. */
  get migration(): RunningMigration {
    const { migration, target, ownConnections } = this.#options
    const sides = {
      source: connectionSpec(this.dataSource.options, 'source', ownConnections?.source),
      target: connectionSpec(targetOptions(target), 'target', ownConnections?.target),
    }
    this.#migration ??= migration.start(sides, 'typeorm')
    return this.#migration
  }

  place(subject: Subject): Place | Promise<Place> {
    const primary = this.migration.primary()
    if (primary === 'source') return this.#places.source
    return this.#onPrimary(primary, subject)
  }

  /** For a read that may go there although it is not primary. */
  async onTarget(): Promise<Place> {
    if (!this.#isOpen) await this.open()
    return this.#places.target
  }

  now(subject: Subject): Place {
    return this.#places[this.migration.primary() === 'target' ? sideFor(subject) : 'source']
  }

  createQueryRunner(side: Side, mode: ReplicationMode): QueryRunner {
    return this.sides[side].createQueryRunner(mode)
  }

  /** Connects the target; a target that is away is tried again when it is needed. */
  open(): Promise<void> {
    this.#opening ??= (async () => {
      try {
        await this.sides.target.dataSource.initialize()
        this.#isOpen = true
      } catch (error) {
        this.#opening = undefined
        throw error
      }
    })()
    return this.#opening
  }

  /** Ends the migration, then the target's pool. */
  async close(): Promise<void> {
    const { dataSource } = this.sides.target
    try {
      await this.#migration?.close()
    } finally {
      this.#migration = undefined
      await this.aside.close()
      await this.#opening?.catch(() => undefined)
      this.#opening = undefined
      this.#isOpen = false
      if (dataSource.isInitialized) await dataSource.destroy()
    }
  }

  async #onPrimary(primary: Side | Promise<Side>, subject: Subject): Promise<Place> {
    const side = (await primary) === 'target' ? sideFor(subject) : 'source'
    if (side === 'target' && !this.#isOpen) await this.open()
    return this.#places[side]
  }
}

/** While the target is primary. */
function sideFor(subject: Subject): Side {
  if (subject.kind === 'mapped') return 'target'
  return subject.kind === 'either' && subject.portable ? 'target' : 'source'
}

function placeOf({ side, dataSource, manager }: SideClient): Place {
  return { side, dataSource, manager, runner: undefined }
}

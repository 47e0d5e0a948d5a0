// One `doubleWrite` at work: the migration, and both sides' driver adapters with every statement captured.

import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import {
  type ConnectionSpec,
  type MigrationDefinition,
  otherSide,
  type RunningMigration,
  type Side,
  type TwinwriteError,
} from '@twinwrite/core'
import { adapterEngine, type AdapterEngine } from './adapter-engine.ts'
import { connectionSpec } from './connection-spec.ts'
import { checkModels } from './model-differences.ts'
import { modelTables, type SchemaSide } from './model-tables.ts'
import { checkOptions, type DoubleWriteOptions, invalid, isDefinition, isFactory } from './options.ts'
import { ClientInternals, schemaOf } from './prisma-internals.ts'
import { SideFactory } from './side-adapter.ts'
import type { TimeFormat } from './sqlite-times.ts'

/** The app's own adapter of a side. */
interface AppAdapter {
  readonly factory: SqlDriverAdapterFactory
  readonly engine: AdapterEngine
}

/** Which adapters were made by which `doubleWrite`. */
const owners = new WeakMap<object, Running>()

export class Running {
  /** Null: the target is an adapter for the source's own schema. */
  readonly targetClient: ClientInternals | null
  readonly target: AppAdapter
  readonly #options: DoubleWriteOptions
  #source: AppAdapter | undefined
  #client: ClientInternals | undefined
  #definition: MigrationDefinition | undefined
  #specs: Record<Side, ConnectionSpec> | undefined
  #migration: RunningMigration | undefined
  /** Of SQLite databases that were reached. */
  readonly #timeFormats: Partial<Record<Side, TimeFormat>> = {}
  #isOpen = false

  /** @throws TwinwriteError `TW_CONFIG_INVALID`, `TW_ENGINE_UNSUPPORTED` */
  constructor(options: DoubleWriteOptions) {
    checkOptions(options)
    this.#options = options
    const { target } = options
    this.targetClient = isFactory(target) ? null : new ClientInternals(target, 'option target')
    if (this.targetClient?.isRouted) throw doubled('option target')
    const factory = isFactory(target) ? target : this.targetClient!.factory
    refuseOwned(factory, 'option target')
    this.target = { factory, engine: adapterEngine(factory) }
  }

  get source(): AppAdapter {
    if (this.#source === undefined) throw notExtended()
    return this.#source
  }

  /** Begins with the first need, and again after the client was disconnected. */
  get migration(): RunningMigration {
    if (this.#migration === undefined || !this.#isOpen) {
      this.#migration = this.#demandDefinition().start(this.#demandSpecs(), 'prisma')
      this.#isOpen = true
    }
    return this.#migration
  }

  /** For those who ask about it: also after it was closed. */
  get latest(): RunningMigration {
    return this.#migration ?? this.migration
  }

  /** The app's adapter with every statement captured. @throws TwinwriteError */
  capturing(factory: SqlDriverAdapterFactory): SideFactory {
    refuseOwned(factory, 'the adapter')
    if (this.#source !== undefined) throw usedTwice()
    this.#source = { factory, engine: adapterEngine(factory) }
    return this.#sideFactory('source', this.#source)
  }

  capturingTarget(): SideFactory {
    return this.#sideFactory('target', this.target)
  }

  /** Whether the adapter was made by `capturing` of this one. @throws TwinwriteError when another one has made it */
  owns(factory: object): boolean {
    const owner = owners.get(factory)
    if (owner !== undefined && owner !== this) throw doubled('the client')
    return owner === this
  }

  /** Takes the client's models; the migration can begin then. @throws TwinwriteError */
  attach(client: ClientInternals): void {
    if (this.#client !== undefined) throw usedTwice()
    if (this.targetClient === null) checkSameEngine(this.source, this.target)
    else checkModels(client, this.targetClient)
    this.#client = client
    this.#demandDefinition()
    this.#demandSpecs()
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return
    this.#isOpen = false
    await this.#migration?.close()
  }

  #demandDefinition(): MigrationDefinition {
    if (this.#definition !== undefined) return this.#definition
    const { migration } = this.#options
    if (isDefinition(migration)) return (this.#definition = migration)
    if (this.#client === undefined) throw notExtended()
    const made: unknown = migration(modelTables(...this.schemas))
    if (!isDefinition(made)) {
      throw invalid(
        'the function of option migration gave no definition',
        'Return what defineMigration() gives.',
      )
    }
    return (this.#definition = made)
  }

  /** Both sides' schemas. */
  get schemas(): readonly [SchemaSide, SchemaSide] {
    const client = this.#client
    if (client === undefined) throw notExtended()
    return [
      { client, ...schemaSide(this.source), timeFormat: this.#timeFormat('source') },
      {
        client: this.targetClient ?? client,
        ...schemaSide(this.target),
        timeFormat: this.#timeFormat('target'),
      },
    ]
  }

  #demandSpecs(): Record<Side, ConnectionSpec> {
    const { ownConnections = {} } = this.#options
    const spec = (side: Side, { factory, engine }: AppAdapter): ConnectionSpec =>
      connectionSpec(factory, engine, side, ownConnections[side], (format) => this.#reached(side, format))
    return (this.#specs ??= { source: spec('source', this.source), target: spec('target', this.target) })
  }

  #timeFormat(side: Side): () => TimeFormat {
    return () => this.#timeFormats[side] ?? 'iso8601'
  }

  #reached(side: Side, format: TimeFormat): void {
    this.#timeFormats[side] = format
    const other = this.#timeFormats[otherSide(side)]
    if (other === undefined || other === format) return
    throw invalid(
      `the adapters of the two SQLite databases write times in two ways, ${format} and ${other}`,
      'Give both the same `timestampFormat`.',
    )
  }

  #sideFactory(side: Side, { factory, engine }: AppAdapter): SideFactory {
    const made = new SideFactory(factory, engine, side, () => this.migration)
    owners.set(made, this)
    return made
  }
}

/** The mapping names no schema where it is the one that connections use by default. */
function schemaSide({ factory, engine }: AppAdapter): Pick<SchemaSide, 'engine' | 'schema'> {
  const schema = schemaOf(factory)
  return { engine, schema: schema === undefined || schema === engine.schema ? null : schema }
}

function checkSameEngine(source: AppAdapter, target: AppAdapter): void {
  if (source.engine === target.engine) return
  throw invalid(
    `option target is an adapter of ${target.engine.name}, and the client's models are made for ${source.engine.name}`,
    'Give a PrismaClient that is generated from the schema of the target.',
  )
}

function refuseOwned(factory: object, what: string): void {
  if (owners.has(factory)) throw doubled(what)
}

export function doubled(what: string): TwinwriteError {
  return invalid(`${what} has double writes already`, 'Use one doubleWrite() for a client and its target.')
}

function usedTwice(): TwinwriteError {
  return invalid(
    'one result of doubleWrite() was used for a second client',
    'Call doubleWrite() once per client.',
  )
}

function notExtended(): TwinwriteError {
  return invalid(
    'the client of an adapter with double writes is not extended',
    'Call `$extends` with the result of doubleWrite() before the first query.',
  )
}

// A query builder of the app. It is TypeORM's own, of the source, and remembers what was called on it: when it runs while the
// target is primary, the same calls build the query for the target, with its driver and its names. Builders made of it
// (sub-queries, clones, `.update()`) share the memory. Upholds W1, W8.

import type { EntityTarget, ObjectLiteral, QueryRunner } from 'typeorm'
import type { Place, Session } from './place.ts'
import { builderRead } from './read-call.ts'
import { hasHooks } from './repeatable.ts'
import { sessionOf } from './runner-session.ts'
import type { Running } from './running.ts'
import { type AnyBuilder, isBuilder } from './typeorm-internals.ts'

/** How a builder begins. */
export interface BuilderSource {
  readonly target?: EntityTarget<ObjectLiteral>
  readonly alias?: string
  /** A method of a tree repository that makes one. */
  readonly make?: (place: Place) => AnyBuilder
}

interface Step {
  readonly on: AnyBuilder
  readonly name: string
  readonly given: readonly unknown[]
  readonly result: AnyBuilder | undefined
}

/** Builders that were made of one another, and what was called on them. */
interface Recording {
  readonly running: Running
  readonly root: AnyBuilder
  readonly source: BuilderSource
  readonly steps: Step[]
}

const executing = new Set([
  'getRawOne',
  'getRawMany',
  'getRawAndEntities',
  'getOne',
  'getOneOrFail',
  'getMany',
  'getCount',
  'getExists',
  'getManyAndCount',
  'stream',
  'execute',
])
const executingRelations = new Set(['set', 'add', 'remove', 'addAndRemove', 'loadOne', 'loadMany'])
const reading = new Set(['getQuery', 'getSql', 'getQueryAndParameters', 'printSql'])

/** The native builder behind what the app holds. */
const natives = new WeakMap<object, { readonly builder: AnyBuilder; readonly recording: Recording }>()

/** @param runner the app's: one of a side, or one that decides itself */
export function recorded(
  running: Running,
  source: BuilderSource,
  runner: QueryRunner | undefined,
): AnyBuilder {
  const place = running.sides.source
  const root = begin(source, { ...place, runner: undefined })
  if (runner !== undefined) root.queryRunner = runner
  return facade({ running, root, source, steps: [] }, root)
}

function begin({ make, target, alias }: BuilderSource, place: Place): AnyBuilder {
  if (make !== undefined) return make(place)
  const { dataSource, runner } = place
  return (
    target === undefined
      ? dataSource.createQueryBuilder(runner)
      : dataSource.createQueryBuilder(target, alias!, runner)
  ) as AnyBuilder
}

function facade(recording: Recording, builder: AnyBuilder): AnyBuilder {
  const made: AnyBuilder = new Proxy(builder, {
    get: (_from, name) => {
      const member: unknown = Reflect.get(builder, name)
      if (typeof member !== 'function' || typeof name !== 'string' || name === 'constructor') return member
      const method = member as (...given: unknown[]) => unknown
      if (isExecuting(builder, name)) return (...given: unknown[]) => execute(recording, builder, name, given)
      if (reading.has(name)) return (...given: unknown[]) => read(recording, builder, name, given, made)
      return (...given: unknown[]): unknown => {
        const result = method.apply(builder, given.map(native))
        recording.steps.push({ on: builder, name, given, result: isBuilder(result) ? result : undefined })
        if (!isBuilder(result)) return result
        return result === builder ? made : facade(recording, result)
      }
    },
  })
  natives.set(made, { builder, recording })
  return made
}

function native(value: unknown): unknown {
  return (isBuilder(value) && natives.get(value)?.builder) || value
}

function isExecuting(builder: AnyBuilder, name: string): boolean {
  if (executing.has(name)) return true
  return executingRelations.has(name) && builder['@instanceof'] === Symbol.for('RelationQueryBuilder')
}

function execute(
  recording: Recording,
  builder: AnyBuilder,
  name: string,
  given: readonly unknown[],
): Promise<unknown> {
  const { running } = recording
  const { session, pinned } = sessionFor(running, builder)
  const call = (one: AnyBuilder): Promise<unknown> =>
    (one[name as 'execute'] as (...given: unknown[]) => Promise<unknown>).apply(one, given.map(native))
  if (pinned) return call(builder)
  const { mainAlias } = builder.expressionMap
  const target = mainAlias?.hasMetadata ? mainAlias.metadata.target : undefined
  const repeatable = (): boolean => !hasHooks(running, target)
  return running.router.run(
    session,
    running.subjects.ofBuilder(builder),
    (place) => call(at(recording, builder, place)),
    { repeatable, describe: builderRead(running, builder, name) },
  )
}

function read(
  recording: Recording,
  builder: AnyBuilder,
  name: string,
  given: readonly unknown[],
  made: AnyBuilder,
): unknown {
  const { session, pinned } = sessionFor(recording.running, builder)
  const place = pinned ? undefined : session.now(recording.running.subjects.ofBuilder(builder))
  const one = place === undefined || place.side === 'source' ? builder : at(recording, builder, place)
  const result = (one[name as 'getSql'] as (...given: unknown[]) => unknown).apply(one, given as [])
  return result === one ? made : result
}

/** A builder on a native runner runs where that is. */
function sessionFor(running: Running, { queryRunner }: AnyBuilder): { session: Session; pinned: boolean } {
  if (queryRunner === undefined) return { session: running, pinned: false }
  const session = sessionOf(queryRunner)
  return { session: session ?? running, pinned: session === undefined }
}

/** The same query for a place. */
function at(recording: Recording, builder: AnyBuilder, place: Place): AnyBuilder {
  const { dataSource } = recording.running.sides.source
  if (place.dataSource === dataSource && place.runner === undefined) return builder
  return replay(recording, place, new Map()).get(builder)!
}

type Replayed = Map<AnyBuilder, AnyBuilder>

function replay(
  { root, source, steps }: Recording,
  place: Place,
  others: Map<Recording, Replayed>,
): Replayed {
  const replayed: Replayed = new Map([[root, begin(source, place)]])
  const there = (value: unknown): unknown => {
    const known = isBuilder(value) ? natives.get(value) : undefined
    if (known === undefined) return value
    const inner = replayed.get(known.builder)
    if (inner !== undefined) return inner
    let other = others.get(known.recording)
    if (other === undefined) others.set(known.recording, (other = replay(known.recording, place, others)))
    return other.get(known.builder)
  }
  for (const { on, name, given, result } of steps) {
    const self = replayed.get(on)!
    // The place has the runner.
    if (name === 'setQueryRunner') continue
    const taken = name === 'orUpdate' ? columnsAt(on, self, given) : given.map(there)
    const made = (self[name as 'clone'] as (...given: unknown[]) => unknown).apply(self, taken as [])
    if (result !== undefined && isBuilder(made)) replayed.set(result, made)
  }
  return replayed
}

/** `orUpdate` takes names of the database; a text alone is the name of a constraint. */
function columnsAt(from: AnyBuilder, to: AnyBuilder, given: readonly unknown[]): unknown[] {
  const [source, target] = [from, to].map(({ expressionMap: { mainAlias } }) =>
    mainAlias?.hasMetadata ? mainAlias.metadata : undefined,
  )
  return given.map((names) =>
    Array.isArray(names)
      ? names.map((name: unknown) => {
          const column = source?.columns.find(({ databaseName }) => databaseName === name)
          return target?.findColumnWithPropertyPath(column?.propertyPath ?? '')?.databaseName ?? name
        })
      : names,
  )
}

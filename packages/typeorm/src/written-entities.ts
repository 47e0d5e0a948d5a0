// TypeORM writes into the app's entities what the database made of them: ids, versions, times. Where their transaction is refused because
// the stage moved, that is taken back: an id of the one side may be that of another row on the other side, which the entity, saved
// again, would overwrite. Upholds W4, W8.

import type { EntityMetadata } from 'typeorm'
import type { NativeRunner } from './typeorm-internals.ts'

/** An object of the app, and its members before TypeORM wrote. */
interface Written {
  readonly object: Record<string, unknown>
  readonly before: Readonly<Record<string, unknown>>
}

/** By the runner whose transaction writes them. */
const byRunner = new WeakMap<NativeRunner, Written[]>()

/** What TypeORM says before it writes an entity. */
const announcements = [
  'broadcastBeforeInsertEvent',
  'broadcastBeforeUpdateEvent',
  'broadcastBeforeRemoveEvent',
  'broadcastBeforeSoftRemoveEvent',
  'broadcastBeforeRecoverEvent',
] as const

type Announce = (result: unknown, metadata: EntityMetadata, entity: unknown, ...more: unknown[]) => void

/** Remembers each entity that is written on the runner. */
export function rememberWritten(runner: NativeRunner): void {
  const broadcaster = runner.broadcaster as unknown as Record<(typeof announcements)[number], Announce>
  for (const name of announcements) {
    const announce = broadcaster[name]
    broadcaster[name] = (result, metadata, entity, ...more) => {
      const written = byRunner.get(runner) ?? []
      for (const one of [entity].flat()) keep(one, metadata.embeddeds, written)
      byRunner.set(runner, written)
      announce.call(broadcaster, result, metadata, entity, ...more)
    }
  }
}

/** The transaction has ended as the app wanted it. */
export function forgetWritten(runner: NativeRunner): void {
  byRunner.delete(runner)
}

/** The transaction was refused. */
export function takeBackWritten(runner: NativeRunner): void {
  // What was kept first counts.
  for (const { object, before } of (byRunner.get(runner) ?? []).toReversed()) {
    for (const name of Object.keys(object)) if (!Object.hasOwn(before, name)) delete object[name]
    Object.assign(object, before)
  }
  byRunner.delete(runner)
}

function keep(value: unknown, embeddeds: EntityMetadata['embeddeds'], written: Written[]): void {
  if (typeof value !== 'object' || value === null) return
  const object = value as Record<string, unknown>
  written.push({ object, before: { ...object } })
  for (const { propertyName, embeddeds: inner } of embeddeds) keep(object[propertyName], inner, written)
}

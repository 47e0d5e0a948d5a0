// The app's subscribers, for what runs on the target: an event tells of the app's own data source, of its entities as the
// source knows them, and gives a manager that is bound to the transaction. Upholds W1.

import type { EntityMetadata, EntitySubscriberInterface, QueryRunner } from 'typeorm'
import { runnerOver } from './deferred-runner.ts'
import type { Running } from './running.ts'

interface Event {
  readonly queryRunner: QueryRunner
  readonly metadata?: EntityMetadata
}

/** Gives them as they are at the moment: an app may add some at any time. */
export function targetSubscribers(running: Running): () => EntitySubscriberInterface[] {
  const wrappers = new WeakMap<EntitySubscriberInterface, EntitySubscriberInterface>()
  return () =>
    running.dataSource.subscribers.map((subscriber) => {
      const known = wrappers.get(subscriber)
      if (known !== undefined) return known
      const made = wrap(running, subscriber)
      wrappers.set(subscriber, made)
      return made
    })
}

function wrap(running: Running, subscriber: EntitySubscriberInterface): EntitySubscriberInterface {
  return new Proxy(subscriber, {
    get: (from, name) => {
      const member: unknown = Reflect.get(from, name)
      if (typeof member !== 'function') return member
      if (name === 'listenTo') return member.bind(from) as unknown
      return (...given: unknown[]): unknown =>
        member.apply(
          from,
          given.map((one) => (isEvent(one) ? appEvent(running, one) : one)),
        )
    },
  })
}

function isEvent(value: unknown): value is Event {
  return typeof value === 'object' && value !== null && 'queryRunner' in value && 'manager' in value
}

function appEvent(running: Running, event: Event): Event {
  const { dataSource } = running
  const queryRunner = runnerOver(running, event.queryRunner)
  const { metadata } = event
  const own = { dataSource, connection: dataSource, manager: queryRunner.manager, queryRunner }
  return {
    ...event,
    ...own,
    ...(metadata === undefined ? {} : { metadata: sourceMetadata(running, metadata) }),
  }
}

function sourceMetadata({ dataSource }: Running, metadata: EntityMetadata): EntityMetadata {
  return dataSource.hasMetadata(metadata.target) ? dataSource.getMetadata(metadata.target) : metadata
}

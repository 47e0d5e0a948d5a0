// A key of Redis for each migration, and a channel of the same name: whoever changes the key publishes on the channel, in one MULTI.
// Whatever is missed while a connection was lost is read when it is back.

import { type StageListener, type StageSource, TwinwriteError } from '@twinwrite/core'
import { LookOut } from './look-out.ts'
import { type RedisClient, RedisConnections } from './redis-client.ts'
import { saidStage } from './said-stage.ts'
import { shownUrl } from './shown-url.ts'
import { sourceFailure } from './source-failure.ts'
import { within } from './within.ts'

export interface RedisStageOptions {
  /** `redis://` or `rediss://`; or `client`. */
  readonly url?: string
  /** The application's own `Redis` of ioredis: commands go through it, a subscription through a duplicate. */
  readonly client?: RedisClient
  /** What the keys and channels begin with, before `:` and the migration's name. Default: `twinwrite:stage`. */
  readonly key?: string
  /** Longest time (ms) of connecting and of a command. Default: 2000. */
  readonly timeoutMs?: number
}

/** A key that was set without a word on the channel is found by then; so is a connection that is half open. */
const glanceMs = 3000

/** @example redisStage({ url: 'redis://cache:6379' }) // SET twinwrite:stage:shop source-first, PUBLISH twinwrite:stage:shop source-first */
export function redisStage({
  url,
  client,
  key = 'twinwrite:stage',
  timeoutMs = 2000,
}: RedisStageOptions): StageSource {
  const given = client ?? url
  if (given === undefined || (client !== undefined && url !== undefined)) {
    throw new TwinwriteError('TW_CONFIG_INVALID', 'redisStage takes either `url` or `client`')
  }
  const connections = new RedisConnections(given, timeoutMs)
  const placeOf = (migration: string): string => `${key}:${migration}`
  return {
    name: `redis ${url === undefined ? '' : `${shownUrl(url)} `}${key}`,
    get: async (migration) =>
      saidStage(await connections.run((redis) => redis.get(placeOf(migration))), migration),
    watch: (migration, listener) => {
      const place = placeOf(migration)
      return watchKey(connections, place, listener, timeoutMs, (text) => saidStage(text, migration))
    },
    set: async (migration, stage) => {
      const place = placeOf(migration)
      const results = await connections.run((redis) =>
        redis.multi().set(place, stage).publish(place, stage).exec(),
      )
      if (results === null) throw sourceFailure('the transaction was not carried out')
      for (const [error] of results) if (error !== null) throw sourceFailure(error.message, error)
    },
  }
}

function watchKey(
  connections: RedisConnections,
  place: string,
  listener: StageListener,
  timeoutMs: number,
  said: (text: string | null) => ReturnType<typeof saidStage>,
): () => Promise<void> {
  const letGo = connections.hold()
  let heard: RedisClient | undefined
  const lookOut = new LookOut(listener, glanceMs, async () => {
    const listening = heard
    try {
      await (listening && within(timeoutMs, listening.ping()))
    } catch (error) {
      listening?.disconnect(true)
      throw error
    }
    return said(await connections.run((redis) => redis.get(place)))
  })
  const subscribe = async (subscriber: RedisClient): Promise<void> => {
    try {
      await subscriber.subscribe(place)
      heard = subscriber
      lookOut.look()
    } catch (error) {
      lookOut.trouble(error)
      subscriber.disconnect(!lookOut.ended)
    }
  }
  const opened = connections.open().then((subscriber) => {
    subscriber.on('error', (error: Error) => lookOut.trouble(error))
    subscriber.on('close', () => {
      heard = undefined
      lookOut.trouble('the connection was lost')
    })
    subscriber.on('message', () => lookOut.look())
    subscriber.on('ready', () => void subscribe(subscriber))
    return subscriber
  })
  opened.catch((error: unknown) => lookOut.trouble(error))
  return async () => {
    const ended = lookOut.end()
    await opened.then(
      (subscriber) => subscriber.disconnect(),
      () => undefined,
    )
    await ended
    letGo()
  }
}

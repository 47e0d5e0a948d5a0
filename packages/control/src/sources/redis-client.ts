// What the stage source uses of ioredis 6, and connections that are open only while somebody uses them.

import { type EventEmitter, once } from 'node:events'
import { TwinwriteError } from '@twinwrite/core'
import type { Redis } from 'ioredis'
import { within } from './within.ts'

/** The part of a `Redis` of ioredis that is used. */
export interface RedisClient extends EventEmitter {
  readonly status: string
  get(key: string): Promise<string | null>
  multi(): RedisMulti
  ping(): Promise<string>
  subscribe(channel: string): Promise<unknown>
  duplicate(options: RedisSettings): RedisClient
  disconnect(reconnect?: boolean): void
}

interface RedisMulti {
  set(key: string, value: string): RedisMulti
  publish(channel: string, message: string): RedisMulti
  exec(): Promise<[error: Error | null, result: unknown][] | null>
}

interface RedisSettings {
  readonly connectTimeout: number
  readonly commandTimeout: number
  readonly disconnectTimeout: number
  readonly maxRetriesPerRequest: number
  readonly autoResubscribe: boolean
  readonly autoResendUnfulfilledCommands: boolean
  readonly enableOfflineQueue: boolean
  retryStrategy(times: number): number
}

/** Tries to connect again have no end, and are at most this far apart. */
const mostRestMs = 2000

function settings(timeoutMs: number): RedisSettings {
  return {
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    // A closed connection keeps the process for so long.
    disconnectTimeout: 100,
    autoResubscribe: false,
    // A command that has failed must not be carried out later.
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    enableOfflineQueue: false,
    retryStrategy: (times) =>
      Math.min(25 * 2 ** Math.min(times, 10), mostRestMs) * (0.75 + Math.random() / 4),
  }
}

export class RedisConnections {
  readonly #given: string | RedisClient
  readonly #timeoutMs: number
  #shared: Promise<RedisClient> | undefined
  #users = 0

  /** @param given an address, or the application's own client, which is never closed */
  constructor(given: string | RedisClient, timeoutMs: number) {
    this.#given = given
    this.#timeoutMs = timeoutMs
  }

  /** Keeps the connection for commands open. @returns what lets it go; the last one closes it */
  hold(): () => void {
    this.#users++
    return () => {
      if (--this.#users > 0) return
      const shared = this.#shared
      this.#shared = undefined
      if (typeof this.#given === 'string') void shared?.then((client) => client.disconnect(), ignore)
    }
  }

  async run<T>(work: (client: RedisClient) => Promise<T>): Promise<T> {
    const letGo = this.hold()
    try {
      if (typeof this.#given !== 'string') return await within(this.#timeoutMs, work(this.#given))
      this.#shared ??= this.open()
      return await this.#runOwn(await this.#shared, work)
    } finally {
      letGo()
    }
  }

  async #runOwn<T>(client: RedisClient, work: (client: RedisClient) => Promise<T>): Promise<T> {
    if (client.status !== 'ready')
      await once(client, 'ready', { signal: AbortSignal.timeout(this.#timeoutMs) })
    try {
      return await within(this.#timeoutMs, work(client))
    } catch (error) {
      // It may be half open, and would never answer again.
      client.disconnect(true)
      throw error
    }
  }

  /** A connection for a subscription, which the caller closes. @throws TwinwriteError `TW_CONFIG_INVALID` without ioredis */
  async open(): Promise<RedisClient> {
    const options = settings(this.#timeoutMs)
    if (typeof this.#given !== 'string') return this.#given.duplicate(options)
    const Client = await loadRedis()
    const client: RedisClient = new Client(this.#given, options)
    // What fails is told by the command that fails.
    client.on('error', ignore)
    return client
  }
}

async function loadRedis(): Promise<typeof Redis> {
  try {
    return (await import('ioredis')).Redis
  } catch (cause) {
    throw new TwinwriteError('TW_CONFIG_INVALID', 'redisStage needs ioredis, which is not installed', {
      hint: 'npm install ioredis@6',
      cause,
    })
  }
}

function ignore(): void {}

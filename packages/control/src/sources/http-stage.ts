// A stage behind a URL. A request that the backend holds back until something changes is always under way; a backend that can't do that is
// asked again every now and then.

import {
  type Stage,
  type StageListener,
  type StageSource,
  systemClock,
  TwinwriteError,
} from '@twinwrite/core'
import { consul } from './http/consul.ts'
import { etag } from './http/etag.ts'
import { nacos } from './http/nacos.ts'
import type { HttpProtocol, Seen, Send } from './http/protocol.ts'
import { saidStage } from './said-stage.ts'
import { shownUrl } from './shown-url.ts'
import { reasonOf } from './source-failure.ts'

export interface HttpStageOptions {
  /** `{migration}` in it stands for the migration's name. */
  readonly url: string
  /** Sent with each request, as tokens are. */
  readonly headers?: Readonly<Record<string, string>>
  /**
   * - `etag` (default): any URL that answers with a stage; `ETag` spares reading it again, `Prefer: wait` asks to be held back
   * - `consul`: a key of its key-value store, `http://consul:8500/v1/kv/stage/{migration}`
   * - `nacos`: a configuration, `http://nacos:8848/nacos/v1/cs/configs?dataId={migration}&group=stage`
   */
  readonly protocol?: keyof typeof protocols
  /** How long (ms) the backend is asked to hold a request back; 0: it is not asked to. Default: 30,000. */
  readonly longPoll?: number
  /** Time (ms) between two requests that the backend answers at once. Default: 1000. */
  readonly pollMs?: number
  /** Longest time (ms) of an answer that is not held back. Default: 5000. */
  readonly timeoutMs?: number
}

const protocols = { etag, consul, nacos } as const satisfies Record<string, HttpProtocol>
/** Rests (ms) after trouble: twice as long each time. */
const rests = { first: 100, most: 5000 }

/** @example httpStage({ url: 'http://consul:8500/v1/kv/stage/{migration}', protocol: 'consul' }) */
export function httpStage(options: HttpStageOptions): StageSource {
  const { url, headers = {}, protocol: kind = 'etag' } = options
  const { longPoll = 30_000, pollMs = 1000, timeoutMs = 5000 } = options
  const protocol: HttpProtocol = protocols[kind]
  if (protocol === undefined) {
    throw new TwinwriteError('TW_CONFIG_INVALID', `httpStage knows ${Object.keys(protocols).join(', ')}`)
  }
  const placeOf = (migration: string): URL => placeFrom(url, migration)
  const all = { ...authorization(placeOf('x')), ...headers }
  const sender = (signal?: AbortSignal): Send => {
    return (place, { heldMs = 0, headers: more, ...request } = {}) => {
      const limit = AbortSignal.timeout(Math.ceil(heldMs + timeoutMs))
      const signals = signal === undefined ? [limit] : [limit, signal]
      return fetch(place, { ...request, headers: { ...all, ...more }, signal: AbortSignal.any(signals) })
    }
  }
  const said = ({ text }: Seen, migration: string): Stage | null => saidStage(text, migration)
  const { write } = protocol
  return {
    name: `http ${shownUrl(url)}`,
    get: async (migration) => said(await protocol.read(sender(), bare(placeOf(migration))), migration),
    watch: (migration, listener) => {
      const end = new AbortController()
      const send = sender(end.signal)
      const place = bare(placeOf(migration))
      const next = (seen: Seen | undefined): Promise<Seen> =>
        seen === undefined || longPoll === 0
          ? protocol.read(send, place)
          : protocol.wait(send, place, seen, longPoll)
      return follow({ next, said: (seen) => said(seen, migration), listener, end, pollMs })
    },
    ...(write === undefined
      ? {}
      : { set: (migration, stage) => write(sender(), bare(placeOf(migration)), stage) }),
  }
}

interface Follow {
  next(seen: Seen | undefined): Promise<Seen>
  said(seen: Seen): Stage | null
  readonly listener: StageListener
  readonly end: AbortController
  readonly pollMs: number
}

function follow({ next, said, listener, end, pollMs }: Follow): () => Promise<void> {
  const ended = end.signal
  const rest = (ms: number): Promise<void> => systemClock.sleep(ms, ended).catch(() => undefined)
  const followed = (async () => {
    let seen: Seen | undefined
    let told: Seen | undefined
    let failures = 0
    while (!ended.aborted) {
      const begun = performance.now()
      try {
        seen = await next(seen)
        if (ended.aborted) return
        if (failures > 0 || told === undefined || seen.text !== told.text || seen.version !== told.version) {
          listener.stage(said(seen))
          told = seen
        } else await rest(Math.max(0, pollMs - (performance.now() - begun)))
        failures = 0
      } catch (error) {
        if (ended.aborted) return
        if (failures++ === 0) listener.trouble(troubleOf(error))
        await rest(Math.min(rests.first * 2 ** Math.min(failures, 10), rests.most))
      }
    }
  })()
  return async () => {
    end.abort()
    await followed
  }
}

function troubleOf(error: unknown): string {
  return error instanceof DOMException && error.name === 'TimeoutError'
    ? 'no answer in time'
    : reasonOf(error)
}

function placeFrom(url: string, migration: string): URL {
  const full = url.replaceAll('{migration}', encodeURIComponent(migration))
  if (URL.canParse(full) && /^https?:/.test(full)) return new URL(full)
  throw new TwinwriteError('TW_CONFIG_INVALID', 'the `url` of httpStage is no http:// or https:// address')
}

/** Requests take no user and password in their address. */
function bare(url: URL): URL {
  const without = new URL(url)
  without.username = without.password = ''
  return without
}

function authorization({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {}
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { authorization: `Basic ${Buffer.from(text).toString('base64')}` }
}

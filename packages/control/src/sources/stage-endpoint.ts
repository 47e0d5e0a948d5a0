// Requests by which the stage is read, waited for and asked for, for an application to mount. It answers standard `Request`s (Hono, Next)
// and those of node:http (Express, Fastify). Asking changes nothing by itself: `carryOut` on its `source` takes the step.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { isStage, type RunningMigration, type StageSource, stages, TwinwriteError } from '@twinwrite/core'
import { answerNode } from './endpoint/node-bridge.ts'
import { type Admits, admitsToken } from './endpoint/token.ts'
import { WantedStage } from './endpoint/wanted-stage.ts'
import { LookOut } from './look-out.ts'

export interface StageEndpointOptions {
  /** Requests carry it as `Authorization: Bearer`. At least 16 characters. */
  readonly token?: string
  /** Whether a request is let in, where a token is not enough. @param asked `read`, or `step` for one that changes the stage */
  readonly authorize?: (request: Request, asked: 'read' | 'step') => boolean | Promise<boolean>
}

export interface StageEndpoint {
  /** The last part of the path names the migration. */
  fetch(request: Request): Promise<Response>
  /** The same for `createServer`, Express, and `request.raw`, `reply.raw` of Fastify. */
  node(request: IncomingMessage, response: ServerResponse): void
  /** What was asked for here, for `carryOut`. */
  readonly source: StageSource
  /** Answers the requests that are held back. */
  close(): void
}

const mostWaitMs = 60_000
/** A process that was not told still looks. */
const glanceMs = 1000

/**
 * @throws TwinwriteError `TW_CONFIG_INVALID` without a way to tell who may ask
 * @example
 * const endpoint = stageEndpoint([migration], { token: process.env.STAGE_TOKEN! })
 * carryOut(migration, { source: endpoint.source })
 * app.use('/twinwrite', endpoint.node) // GET /twinwrite/shop, PUT /twinwrite/shop?stage=source-first
 */
export function stageEndpoint(
  migrations: readonly RunningMigration[],
  options: StageEndpointOptions,
): StageEndpoint {
  const admits = admission(options)
  const wanted = new Map(migrations.map((migration) => [migration.name, new WantedStage(migration)]))
  const fetch = async (request: Request): Promise<Response> => {
    const step = request.method === 'PUT'
    if (!step && request.method !== 'GET') return failure(405, 'GET reads, PUT asks', { allow: 'GET, PUT' })
    if (!(await admits(request, step ? 'step' : 'read'))) {
      return failure(401, 'not let in', { 'www-authenticate': 'Bearer' })
    }
    const { pathname, searchParams } = new URL(request.url)
    const name = decodeURIComponent(pathname.split('/').filter(Boolean).at(-1) ?? '')
    const found = wanted.get(name)
    if (found === undefined) return failure(404, `the migrations are ${[...wanted.keys()].join(', ')}`)
    try {
      return step ? await ask(found, searchParams.get('stage')) : await tell(found, request)
    } catch (error) {
      if (!(error instanceof TwinwriteError)) throw error
      return failure(error.code === 'TW_STAGE_STEP' ? 409 : 503, error.message)
    }
  }
  return {
    fetch,
    node: (request, response) => void answerNode(fetch, request, response),
    source: {
      name: 'endpoint',
      get: async (migration) => (await demand(wanted, migration).look()).wanted,
      watch: (migration, listener) => {
        const found = demand(wanted, migration)
        const lookOut = new LookOut(listener, glanceMs, async () => (await found.look()).wanted)
        const end = found.watch(() => lookOut.look())
        lookOut.look()
        return () => {
          end()
          return lookOut.end()
        }
      },
    },
    close: () => wanted.forEach((one) => one.letGo()),
  }
}

async function tell(found: WantedStage, request: Request): Promise<Response> {
  const seconds = Number(/(?:^|[,; ])wait=(\d+)/.exec(request.headers.get('prefer') ?? '')?.[1] ?? 0)
  const deadline = performance.now() + Math.min(seconds * 1000, mostWaitMs)
  for (;;) {
    const { changes } = found
    const now = await found.look()
    const etag = `"${[now.epoch, now.stage, now.frozen ? 'frozen' : 'open', now.wanted].join('.')}"`
    const headers = { etag, 'cache-control': 'no-store' }
    if (request.headers.get('if-none-match') !== etag) {
      const plain = /\btext\/plain\b/.test(request.headers.get('accept') ?? '')
      return plain ? new Response(now.wanted, { headers }) : Response.json(now, { headers })
    }
    const left = deadline - performance.now()
    if (left <= 0 || request.signal.aborted) return new Response(null, { status: 304, headers })
    await found.changedSince(changes, left, request.signal)
  }
}

async function ask(found: WantedStage, stage: string | null): Promise<Response> {
  if (!isStage(stage)) return failure(400, `PUT ...?stage=STAGE; the stages are ${stages.join(', ')}`)
  const now = await found.ask(stage)
  return Response.json(now, { status: now.wanted === now.stage ? 200 : 202 })
}

function failure(status: number, message: string, headers: Record<string, string> = {}): Response {
  return Response.json({ error: { message } }, { status, headers })
}

function demand(wanted: ReadonlyMap<string, WantedStage>, migration: string): WantedStage {
  const found = wanted.get(migration)
  if (found !== undefined) return found
  throw new TwinwriteError('TW_CONFIG_INVALID', `the endpoint was not given the migration ${migration}`)
}

function admission({ token, authorize }: StageEndpointOptions): Admits {
  if (token === undefined && authorize === undefined) {
    throw new TwinwriteError('TW_CONFIG_INVALID', 'stageEndpoint without `token` or `authorize`', {
      hint: 'Say who may ask for a stage: everybody who reaches the endpoint could move the fleet.',
    })
  }
  const tokens = token === undefined ? undefined : admitsToken(token)
  return async (request, asked) =>
    (tokens === undefined || (await tokens(request, asked))) &&
    (authorize === undefined || (await authorize(request, asked)) === true)
}

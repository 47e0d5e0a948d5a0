// Requests by which the stage is read, waited for and moved, for an application to mount. It answers standard `Request`s (Hono, Next) and
// those of node:http (Express, Fastify). A step is one of `moveStage`: with its gates and its audit trail.

import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  type ErrorCode,
  isStage,
  type RunningMigration,
  stages,
  StoreError,
  TwinwriteError,
} from '@twinwrite/core'
import type { GateLimits } from '../limits.ts'
import { moveStage } from '../move-stage.ts'
import { admission, type Authorize } from './endpoint/admission.ts'
import { HeldRequests } from './endpoint/held-requests.ts'
import { answerNode } from './endpoint/node-bridge.ts'

export interface StageEndpointOptions {
  /** Requests carry it as `Authorization: Bearer`. At least 16 characters. */
  readonly token?: string
  /** Whether a request is let in, where a token is not enough. A text lets it in, and names in the audit trail who it was. */
  readonly authorize?: Authorize
  readonly limits?: GateLimits
}

export interface StageEndpoint {
  /** The last part of the path names the migration. */
  fetch(request: Request): Promise<Response>
  /** The same for `createServer`, for Express, and for `request.raw`, `reply.raw` of Fastify. */
  node(request: IncomingMessage, response: ServerResponse): void
  /** Answers the requests that are held back. */
  close(): void
}

interface Served {
  readonly migration: RunningMigration
  readonly held: HeldRequests
}

const mostWaitMs = 60_000

/**
 * @throws TwinwriteError `TW_CONFIG_INVALID` without a way to tell who may ask
 * @example
 * const endpoint = stageEndpoint([migration], { token: process.env.STAGE_TOKEN! })
 * app.use('/twinwrite', endpoint.node) // GET /twinwrite/shop, PUT /twinwrite/shop?stage=source-first&reason=...
 */
export function stageEndpoint(
  migrations: readonly RunningMigration[],
  { token, authorize, limits }: StageEndpointOptions,
): StageEndpoint {
  const admit = admission(token, authorize)
  const served = new Map<string, Served>(
    migrations.map((migration) => [migration.name, { migration, held: new HeldRequests(migration) }]),
  )
  const fetch = async (request: Request): Promise<Response> => {
    const step = request.method === 'PUT'
    if (!step && request.method !== 'GET') return refusal(405, 'GET reads, PUT moves', { allow: 'GET, PUT' })
    const by = await admit(request, step ? 'step' : 'read')
    if (by === null) return refusal(401, 'not let in', { 'www-authenticate': 'Bearer' })
    const { pathname, searchParams } = new URL(request.url)
    const found = served.get(lastPart(pathname))
    if (found === undefined) return refusal(404, `the migrations are ${[...served.keys()].join(', ')}`)
    try {
      return step ? await move(found, searchParams, by, limits) : await tell(found, request)
    } catch (error) {
      return failure(error)
    }
  }
  return {
    fetch,
    node: (request, response) => void answerNode(fetch, request, response),
    close: () => served.forEach(({ held }) => held.letGo()),
  }
}

async function tell({ migration, held }: Served, request: Request): Promise<Response> {
  const seconds = Number(/(?:^|[,; ])wait=(\d+)/.exec(request.headers.get('prefer') ?? '')?.[1] ?? 0)
  const deadline = performance.now() + Math.min(seconds * 1000, mostWaitMs)
  for (;;) {
    const { changes } = held
    const { stage, epoch, frozen } = await migration.look()
    const etag = `"${epoch}.${stage}${frozen ? '.frozen' : ''}"`
    const headers = { etag, 'cache-control': 'no-store' }
    if (request.headers.get('if-none-match') !== etag) {
      const plain = /\btext\/plain\b/.test(request.headers.get('accept') ?? '')
      const data = { migration: migration.name, stage, epoch, frozen }
      return plain ? new Response(stage, { headers }) : Response.json(data, { headers })
    }
    const left = deadline - performance.now()
    if (left <= 0 || request.signal.aborted) return new Response(null, { status: 304, headers })
    await held.changedSince(changes, left, request.signal)
  }
}

async function move(
  { migration }: Served,
  asked: URLSearchParams,
  by: string,
  limits: GateLimits | undefined,
): Promise<Response> {
  const to = asked.get('stage')
  if (!isStage(to)) return refusal(400, `PUT ...?stage=STAGE; the stages are ${stages.join(', ')}`)
  return Response.json(
    await moveStage(migration, to, { limits, by, reason: asked.get('reason') ?? undefined }),
  )
}

const refused: ReadonlySet<ErrorCode> = new Set([
  'TW_GATES_CLOSED',
  'TW_STAGE_STEP',
  'TW_STAGE_RACED',
  'TW_SWITCH_REFUSED',
])

function failure(error: unknown): Response {
  if (error instanceof StoreError) {
    return Response.json({ error: { code: 'TW_UNREACHABLE', message: error.message } }, { status: 503 })
  }
  if (!(error instanceof TwinwriteError)) throw error
  const { code, what, hint, retryable } = error
  const status = refused.has(code) ? 409 : 503
  return Response.json({ error: { code, message: what, hint, retryable } }, { status })
}

function refusal(status: number, message: string, headers: Record<string, string> = {}): Response {
  return Response.json({ error: { message } }, { status, headers })
}

function lastPart(pathname: string): string {
  const part = pathname.split('/').findLast((text) => text !== '') ?? ''
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

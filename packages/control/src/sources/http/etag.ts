// Any URL that answers with a stage: asked again with its ETag, and with `Prefer: wait` (RFC 7240) for servers that hold the request back
// until something has changed, as `stageEndpoint` does.

import { demandOk } from './answer.ts'
import type { HttpProtocol, Seen } from './protocol.ts'

/** A word where the server has the choice. */
const accept = 'text/plain, application/json;q=0.9, */*;q=0.8'

export const etag: HttpProtocol = {
  read: async (send, url) => seenIn(await send(url, { headers: { accept } })),
  wait: async (send, url, seen, waitMs) => {
    const headers: Record<string, string> = { accept, prefer: `wait=${Math.ceil(waitMs / 1000)}` }
    if (seen.version !== undefined) headers['if-none-match'] = seen.version
    const response = await send(url, { headers, heldMs: seen.version === undefined ? 0 : waitMs })
    if (response.status !== 304) return seenIn(response)
    await response.body?.cancel()
    return seen
  },
}

async function seenIn(response: Response): Promise<Seen> {
  const version = response.headers.get('etag') ?? undefined
  if (response.status === 204 || response.status === 404) {
    await response.body?.cancel()
    return { text: null, version }
  }
  await demandOk(response)
  return { text: await response.text(), version }
}

// Key-value store of Consul: blocking queries (https://developer.hashicorp.com/consul/api-docs/features/blocking).

import { demandOk, demandTrue } from './answer.ts'
import type { HttpProtocol, Seen, Send } from './protocol.ts'

export const consul: HttpProtocol = {
  read: (send, url) => ask(send, url, {}),
  wait: (send, url, { version = '0' }, waitMs) =>
    ask(send, url, { index: version, wait: `${waitMs}ms` }, waitMs + waitMs / 16),
  write: async (send, url, stage) => demandTrue(await send(url, { method: 'PUT', body: stage })),
}

/** @param heldMs Consul adds up to a sixteenth to the wait */
async function ask(send: Send, url: URL, query: Record<string, string>, heldMs = 0): Promise<Seen> {
  const asked = new URL(url)
  for (const [name, value] of Object.entries(query)) asked.searchParams.set(name, value)
  const response = await send(asked, { heldMs })
  const version = indexAfter(Number(query['index'] ?? 0), Number(response.headers.get('x-consul-index')))
  if (response.status === 404) {
    await response.body?.cancel()
    return { text: null, version }
  }
  await demandOk(response)
  const [entry] = (await response.json()) as { readonly Value: string | null }[]
  return { text: entry?.Value == null ? null : Buffer.from(entry.Value, 'base64').toString(), version }
}

/** An index that went back or is none must be begun anew, or changes would be missed. */
function indexAfter(before: number, now: number): string {
  return String(now >= before && now > 0 ? now : 0)
}

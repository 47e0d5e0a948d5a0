// Configuration of Nacos 1 and 2 by its open API: the content is asked for, its digest is listened on. The URL is that of
// `/nacos/v1/cs/configs` with `dataId`, `group` and, where there is one, `tenant`.

import { createHash } from 'node:crypto'
import { demandOk, demandTrue } from './answer.ts'
import type { HttpProtocol, Seen, Send } from './protocol.ts'

const word = '\u0002'
const line = '\u0001'

export const nacos: HttpProtocol = {
  read,
  wait: async (send, url, seen, waitMs) => {
    const listener = new URL(url)
    listener.pathname += '/listener'
    const watched = ['dataId', 'group', 'tenant'].map((name) => url.searchParams.get(name))
    const [dataId, group, tenant] = watched
    const entry = [dataId, group, seen.version, ...(tenant === null ? [] : [tenant])].join(word) + line
    const response = await send(listener, {
      method: 'POST',
      headers: { 'long-pulling-timeout': String(waitMs) },
      body: new URLSearchParams({ 'Listening-Configs': entry }),
      heldMs: waitMs,
    })
    await demandOk(response)
    // It names what has changed, and nothing when the time was over.
    return (await response.text()).trim() === '' ? seen : read(send, url)
  },
  write: async (send, url, stage) => {
    const form = new URLSearchParams(url.searchParams)
    form.set('content', stage)
    const bare = new URL(url)
    bare.search = ''
    await demandTrue(await send(bare, { method: 'POST', body: form }))
  },
}

async function read(send: Send, url: URL): Promise<Seen> {
  const response = await send(url)
  if (response.status === 404) {
    await response.body?.cancel()
    return { text: null, version: '' }
  }
  await demandOk(response)
  const text = await response.text()
  return { text, version: createHash('md5').update(text).digest('hex') }
}

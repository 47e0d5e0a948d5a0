// Requests of node:http as standard ones. The endpoint reads no body, so that none has to be passed on, parsed or limited.

import type { IncomingMessage, ServerResponse } from 'node:http'

export async function answerNode(
  fetch: (request: Request) => Promise<Response>,
  given: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  try {
    const headers = new Headers()
    for (const [name, value] of Object.entries(given.headers)) headers.set(name, String(value))
    const url = new URL(given.url ?? '/', 'http://endpoint')
    const method = given.method ?? 'GET'
    const answer = await fetch(new Request(url, { method, headers, signal: gone.signal }))
    response.writeHead(answer.status, Object.fromEntries(answer.headers))
    response.end(await answer.text())
  } catch {
    // The application's own `authorize` has thrown, or the request is none; nothing of it is told to whoever asked.
    if (!response.headersSent) response.writeHead(500)
    response.end()
  }
}

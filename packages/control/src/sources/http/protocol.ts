// How a backend is read, waited for and written over HTTP. Each protocol is one file of this folder.

import type { Stage } from '@twinwrite/core'

export interface Seen {
  /** What it holds; null where it holds nothing. */
  readonly text: string | null
  /** What names this state of it, for the next wait; undefined where the backend gives no such name. */
  readonly version: string | undefined
}

/** One request with the user's headers and a time limit. */
export type Send = (url: URL, request?: SendOptions) => Promise<Response>

export interface SendOptions extends Pick<RequestInit, 'method' | 'headers' | 'body'> {
  /** For how long (ms) the backend may hold the request back, on top of the usual time limit. */
  readonly heldMs?: number
}

export interface HttpProtocol {
  read(send: Send, url: URL): Promise<Seen>
  /** Answers when it holds something else than `seen`, or after about `waitMs`. A backend that can't wait answers at once. */
  wait(send: Send, url: URL, seen: Seen, waitMs: number): Promise<Seen>
  write?(send: Send, url: URL, stage: Stage): Promise<void>
}

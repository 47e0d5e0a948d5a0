// The events of core, by migration. Nothing is subscribed to that has no handler, so that nothing costs what nobody wants.

import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { EventName, Events } from '@twinwrite/core'

export type Handlers = { readonly [N in EventName]?: (payload: Events[N], migration: string) => void }

/** @param migrations names; null: all of this process. @returns ends it */
export function listen(migrations: ReadonlySet<string> | null, handlers: Handlers): () => void {
  const listeners = Object.entries(handlers).map(([name, handle]) => {
    const listener = (message: unknown): void => {
      const payload = message as Events[EventName] & { migration: string }
      if (migrations === null || migrations.has(payload.migration))
        handle(payload as never, payload.migration)
    }
    subscribe(name, listener)
    return { name, listener }
  })
  return () => {
    for (const { name, listener } of listeners) unsubscribe(name, listener)
  }
}

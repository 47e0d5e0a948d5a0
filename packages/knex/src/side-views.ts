// A client of the app bound to one side: the same client in everything but where its connections come from. Which client
// a statement got is decided once, so a switch in between cannot hand it a connection of the other side.

import { isMoved } from '@twinwrite/core'
import type { DeferredConnection } from './deferred-connection.ts'
import type { Client, PhysicalConnection } from './knex-internals.ts'
import type { Running } from './running.ts'

export class SideViews {
  readonly #running: Running
  readonly #onSource = new WeakMap<Client, Client>()
  readonly #asideOnSource = new WeakMap<Client, Client>()
  readonly #onTarget = new WeakMap<Client, Client>()
  readonly #deferred = new WeakMap<Client, DeferredConnection>()

  constructor(running: Running) {
    this.#running = running
  }

  onSource(client: Client): Client {
    const known = this.#onSource.get(client)
    if (known !== undefined) return known
    const { plain } = this.#running.sides.source
    const view = boundTo(client, plain.acquire, plain.release)
    this.#onSource.set(client, view)
    return view
  }

  /** For statements that name no mapped table, while the target is primary. */
  asideOnSource(client: Client): Client {
    const known = this.#asideOnSource.get(client)
    if (known !== undefined) return known
    const { source } = this.#running.sides
    const view = boundTo(client, source.plain.acquire, source.plain.release)
    view._query = (connection, compiled) => source.queryAside(connection, compiled)
    view._stream = (connection, compiled, stream, options) =>
      source.stream(connection, compiled, stream, options, true)
    this.#asideOnSource.set(client, view)
    return view
  }

  onTarget(client: Client): Client {
    const known = this.#onTarget.get(client)
    if (known !== undefined) return known
    const view = boundTo(client, () => this.acquireOnTarget(), this.#running.sides.target.plain.release)
    this.#onTarget.set(client, view)
    return view
  }

  async acquireOnTarget(): Promise<PhysicalConnection> {
    const connection = await this.#running.sides.target.plain.acquire()
    this.#running.targetConnections.add(connection)
    return connection
  }

  /** The connection of a transaction's client, if the transaction was begun while the target was primary. */
  deferredOf(client: Client): DeferredConnection | undefined {
    return this.#deferred.get(client)
  }

  setDeferred(client: Client, connection: DeferredConnection): void {
    this.#deferred.set(client, connection)
  }
}

export function boundTo(
  client: Client,
  acquire: () => Promise<PhysicalConnection>,
  release: (connection: PhysicalConnection) => Promise<void>,
): Client {
  const view = Object.create(client) as Client
  view.acquireConnection = acquire
  view.releaseConnection = release
  // A refusal is no error of the app's query: it runs again on the other side.
  view.emit = (event: string | symbol, ...payload: unknown[]) =>
    event === 'query-error' && isMoved(payload[0]) ? false : client.emit(event, ...payload)
  return view
}

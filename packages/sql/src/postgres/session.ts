// PostgreSQL: one connection through node-postgres, with every value as the server's own text. Session settings make the
// server end what a paused or cut-off client left behind, and keep a commit on disk before the journal entry
// goes (PROTOCOL section 3).

import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Statement, TwinwriteError } from '@twinwrite/core'
import type { Client, ClientConfig, QueryArrayResult } from 'pg'
import type { CopyToStreamQuery } from 'pg-copy-streams'
import { loadDriver } from '../load-driver.ts'
import { type Answer, answerMs, connectMs, type Session, SessionLost, within } from '../session.ts'
import type { SessionPurpose } from '../sql-engine.ts'

const settings = [
  `application_name = 'twinwrite'`,
  `timezone = 'UTC'`,
  `datestyle = 'ISO, YMD'`,
  `intervalstyle = 'postgres'`,
  `extra_float_digits = 1`,
  `bytea_output = 'hex'`,
  `lc_monetary = 'C'`,
  `default_transaction_isolation = 'read committed'`,
  `default_transaction_read_only = off`,
  `lock_timeout = '1s'`,
  `idle_in_transaction_session_timeout = '10s'`,
  // A client that vanished without a word is noticed while the server sends, and while it waits.
  `tcp_user_timeout = '10s'`,
  `tcp_keepalives_idle = '10s'`,
  `tcp_keepalives_interval = '5s'`,
  `tcp_keepalives_count = 3`,
  `client_min_messages = 'error'`,
]

/** Rows are looked up by key; a plan that scans would only come from missing statistics. */
const byKey = [`enable_seqscan = off`, `enable_hashjoin = off`, `enable_mergejoin = off`]

function settingsFor(purpose: SessionPurpose): string {
  const limit = answerMs[purpose] === Infinity ? 0 : answerMs[purpose] - 1_000
  return [
    ...settings,
    ...(purpose === 'apply' || purpose === 'control' ? byKey : []),
    `statement_timeout = ${limit}`,
  ]
    .map((setting) => `SET SESSION ${setting}`)
    .join('; ')
}

/** An acknowledged apply must survive a crash of the server; `on` also waits for a synchronous standby where there is one. */
const durable = `SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')`

/** A chunk that a crash takes is gone with its checkpoint, and loaded again. */
const lazy = `SET SESSION synchronous_commit = off`

const asText = { getTypeParser: () => (text: string) => text }

/** Loaded where a table is loaded fast. Bundlers give the names of a CommonJS module by `default` only. */
const copyStreams = async () => (await import('pg-copy-streams')).default

type Result = QueryArrayResult<unknown[]>

export class PostgresSession implements Session {
  readonly #client: Client
  readonly #answerMs: number
  #healthy = true
  readonly foreignKeysOff: boolean

  constructor(client: Client, purpose: SessionPurpose, foreignKeysOff: boolean) {
    this.#client = client
    this.#answerMs = answerMs[purpose]
    this.foreignKeysOff = foreignKeysOff
    client.on('error', () => (this.#healthy = false))
    client.on('end', () => (this.#healthy = false))
  }

  get healthy(): boolean {
    return this.#healthy
  }

  async query({ sql, bindings }: Statement): Promise<Answer> {
    const query = { text: sql, rowMode: 'array' as const, types: asText }
    const named = bindings.length > 0 && { name: statementName(sql), values: [...bindings] }
    const result = await this.#run(() => this.#client.query<unknown[]>({ ...query, ...named } as never))
    if (sql === 'COMMIT' && result.command !== 'COMMIT')
      throw new SessionLost('the server rolled back instead of committing')
    return answer(result)
  }

  /** Several statements in one text and one round trip; without values. The last answer counts. */
  async script(sql: string): Promise<Answer[]> {
    const results = await this.#run(() =>
      this.#client.query({ text: sql, rowMode: 'array', types: asText } as never),
    )
    return (Array.isArray(results) ? (results as Result[]) : [results]).map(answer)
  }

  /** What a COPY TO gives, as bytes. */
  async copyOut(sql: string): Promise<CopyToStreamQuery> {
    const { to } = await copyStreams()
    return this.#client.query(to(sql))
  }

  /** @returns rows that the COPY FROM took */
  async copyIn(sql: string, lines: Readable): Promise<number> {
    const { from } = await copyStreams()
    const stream = this.#client.query(from(sql))
    await pipeline(lines, stream)
    return stream.rowCount
  }

  async end(): Promise<void> {
    this.#healthy = false
    await within(this.#client.end(), 1_000, () => this.destroy()).catch(() => undefined)
  }

  destroy(): void {
    this.#healthy = false
    drop(this.#client)
  }

  async #run(query: () => unknown): Promise<Result> {
    if (!this.#healthy) throw new SessionLost('the connection is closed')
    return within(query() as Promise<Result>, this.#answerMs, () => this.destroy())
  }
}

function answer(result: Result): Answer {
  return { rows: result.rows, affected: result.rowCount ?? 0 }
}

/** Texts of ours repeat: the server plans each once per session. */
const names = new Map<string, string>()

function statementName(sql: string): string {
  let name = names.get(sql)
  if (name === undefined) {
    if (names.size > 2_000) names.clear()
    names.set(sql, (name = `tw_${createHash('sha1').update(sql).digest('base64url')}`))
  }
  return name
}

function drop(client: Client): void {
  const { connection } = client as unknown as { connection: { stream: { destroy(): void } } }
  connection.stream.destroy()
}

/** @throws TwinwriteError `TW_ENGINE_UNSUPPORTED`, SessionLost, and the driver's errors */
export async function connect(given: unknown, purpose: SessionPurpose): Promise<PostgresSession> {
  const driver = await loadDriver<{ Client: new (config: ClientConfig) => Client }>('pg', () => import('pg'))
  const config = (typeof given === 'string' ? { connectionString: given } : given) as ClientConfig
  const client = new driver.Client({ ...config, connectionTimeoutMillis: connectMs, keepAlive: true })
  client.on('error', () => undefined) // told by the query that runs, or by the next one
  try {
    await within(client.connect(), connectMs + 500, () => drop(client))
    await client.query(`${settingsFor(purpose)}; ${purpose === 'load' ? lazy : durable}`)
    await checkServer(client, purpose)
    const foreignKeysOff = (purpose === 'apply' || purpose === 'load') && (await turnOffForeignKeys(client))
    return new PostgresSession(client, purpose, foreignKeysOff)
  } catch (error) {
    drop(client)
    throw error
  }
}

async function checkServer(client: Client, purpose: SessionPurpose): Promise<void> {
  const { rows } = await client.query<{ version: number; standby: boolean }>(
    `SELECT current_setting('server_version_num')::int AS version, pg_is_in_recovery() AS standby`,
  )
  const { version, standby } = rows[0]!
  if (version < 140_000) {
    throw new TwinwriteError(
      'TW_ENGINE_UNSUPPORTED',
      `PostgreSQL ${Math.floor(version / 10_000)} is too old`,
      {
        hint: 'Use PostgreSQL 14 or newer.',
      },
    )
  }
  if (standby && purpose !== 'replica')
    throw new SessionLost('the server is a standby, not the one that takes writes')
}

/** Foreign keys and triggers are off for a replica's writes: the secondary is consistent when the journal is empty. */
async function turnOffForeignKeys(client: Client): Promise<boolean> {
  try {
    await client.query(`SET SESSION session_replication_role = 'replica'`)
    return true
  } catch (error) {
    if ((error as { code?: unknown }).code === '42501') return false
    throw error
  }
}

// The connection of a transaction that was begun while the target is primary. Its first statement decides the side:
// the target, or the source when it is about tables that are not mapped. Until then nothing is sent; then BEGIN and the
// savepoints set so far go first. The transaction stays on that side. Upholds W8.

import { isMoved, scan, type Side, TwinwriteError } from '@twinwrite/core'
import { beginStatements } from './begin-statements.ts'
import { crossed } from './carry/carrying.ts'
import type { CarriedStatement } from './carry/statement.ts'
import type { Compiled, PhysicalConnection, Transaction } from './knex-internals.ts'
import type { Running } from './running.ts'
import type { SideClient } from './side-client.ts'

type Begun = Pick<Transaction, 'isolationLevel' | 'readOnly' | 'isCompleted'>

export class DeferredConnection implements PhysicalConnection {
  __knexUid?: string
  __knexTxId?: string
  __knex__disposed?: unknown
  readonly #running: Running
  readonly #transaction: Begun
  readonly #waiting: string[] = []
  #side: Side | undefined
  #physical: PhysicalConnection | undefined
  /** The app's own connection, which it gave to the transaction: BEGIN is sent at once, and it is not ours to release. */
  readonly #given: boolean
  #opening: Promise<void> | undefined
  #takesAnything = false

  /** @param given a connection of the target's pool that the app holds */
  constructor(running: Running, transaction: Begun, given?: PhysicalConnection) {
    this.#running = running
    this.#transaction = transaction
    this.#given = given !== undefined
    if (given === undefined) return
    this.#side = 'target'
    this.#physical = given
    this.__knexUid = given.__knexUid
  }

  /** It runs on the source, which was primary when it really began. */
  get takesAnything(): boolean {
    return this.#takesAnything
  }

  get physical(): PhysicalConnection | undefined {
    return this.#physical
  }

  get side(): Side | undefined {
    return this.#side
  }

  /** The side on which a statement of this transaction runs. @throws TwinwriteError when it can't run in it */
  async place(carried: CarriedStatement): Promise<Side> {
    // Knex itself refuses it.
    if (this.#transaction.isCompleted()) return this.#side ?? 'source'
    if (this.#side === undefined) {
      const wanted = carried.mapped.size === 0 && carried.unmapped.size > 0 ? 'source' : 'target'
      if (wanted === 'target') check(carried)
      this.#opening ??= this.#open(wanted).finally(() => {
        this.#opening = undefined
      })
      await this.#opening
    }
    if (this.#takesAnything) return 'source'
    if (this.#side === 'target') {
      check(carried)
      return 'target'
    }
    const [mapped] = carried.mapped
    if (mapped !== undefined) {
      const table = mapped.names.mapping
      throw crossed(
        `table "${table}" can't be used in a transaction that began on the source with other tables`,
        {
          table,
          hint: 'Use it in a transaction of its own, or map the other tables too.',
        },
      )
    }
    return 'source'
  }

  /** Runs what Knex sends on this connection. */
  async query(compiled: Compiled): Promise<Compiled> {
    await this.#opening?.catch(ignore)
    const side = this.#side
    const physical = this.#physical
    if (side === undefined || physical === undefined) return this.#beforePlaced(compiled)
    const { [side]: client } = this.#running.sides
    if (this.#given && !client.connection(physical).inTransaction)
      return this.#beginOnGiven(client, physical, compiled)
    // The source is not primary, so it would refuse a transaction; this one holds no mapped table.
    if (side === 'source' && !this.#takesAnything) return client.queryAside(physical, compiled)
    const answered = await client.query(physical, compiled)
    if (this.#running.sides.source.dialect !== 'postgres') refuseSilentRollback(answered)
    return answered
  }

  #beforePlaced(compiled: Compiled): Compiled {
    const { kind } = scan(compiled.sql, this.#running.sides.source.scanDialect)
    if (kind === 'savepoint' || kind === 'release' || kind === 'rollback-to') this.#waiting.push(compiled.sql)
    return compiled
  }

  /** Knex begins in the source's dialect, some with a SET TRANSACTION in front. */
  async #beginOnGiven(
    client: SideClient,
    physical: PhysicalConnection,
    compiled: Compiled,
  ): Promise<Compiled> {
    const { kind } = scan(compiled.sql, this.#running.sides.source.scanDialect)
    if (kind === 'set') return compiled
    if (kind !== 'begin') return client.query(physical, compiled)
    for (const sql of beginStatements(client.dialect, this.#transaction))
      await client.query(physical, { sql, bindings: [] })
    return compiled
  }

  async stream(compiled: Compiled, stream: NodeJS.ReadWriteStream, options: unknown): Promise<unknown> {
    if (this.#side === undefined || this.#physical === undefined) {
      throw new Error('a stream was sent before its statement was placed')
    }
    const aside = this.#side === 'source' && !this.#takesAnything
    return this.#running.sides[this.#side].stream(this.#physical, compiled, stream, options, aside)
  }

  async release(): Promise<void> {
    await this.#opening?.catch(ignore)
    const side = this.#side
    const physical = this.#physical
    if (side === undefined || physical === undefined || this.#given) return
    this.#physical = undefined
    if (this.__knex__disposed !== undefined) physical.__knex__disposed = this.__knex__disposed
    delete physical.__knexTxId
    await this.#running.sides[side].plain.release(physical)
  }

  async #open(wanted: Side): Promise<void> {
    const { migration, sides } = this.#running
    for (let primary = await migration.primary(); ;) {
      const side = primary === 'source' ? 'source' : wanted
      const takesAnything = primary === 'source'
      const physical = await sides[side].plain.acquire()
      try {
        const run =
          takesAnything || side === 'target' ? sides[side].query.bind(sides[side]) : sides[side].plain.query
        const begin = beginStatements(sides[side].dialect, this.#transaction)
        for (const sql of [...begin, ...this.#waiting]) await run(physical, { sql, bindings: [] })
      } catch (error) {
        await sides[side].plain.release(physical)
        if (!isMoved(error)) throw error
        primary = await migration.movedFrom(side)
        continue
      }
      physical.__knexTxId = this.__knexTxId
      this.__knexUid = physical.__knexUid
      this.#physical = physical
      this.#takesAnything = takesAnything
      this.#side = side
      return
    }
  }
}

/**
 * PostgreSQL rolls a transaction back in which a statement failed, and answers its COMMIT with success. An app of an engine
 * that only undoes the statement may have caught that error and would take the transaction for committed.
 */
function refuseSilentRollback({ sql, response }: Compiled): void {
  const { command } = (response ?? {}) as { command?: unknown }
  if (command !== 'ROLLBACK' || !/^\s*commit\b/i.test(sql)) return
  throw new TwinwriteError(
    'TW_TRANSACTION_DEAD',
    'a statement failed in this transaction, so PostgreSQL rolled it back',
    {
      primary: 'rolled-back',
      hint: 'Let the error of a statement end the transaction, or set a savepoint before it.',
    },
  )
}

function ignore(): void {
  // Who asked for the connection is told.
}

function check(carried: CarriedStatement): void {
  const [unmapped] = carried.unmapped
  if (unmapped !== undefined) {
    throw crossed(
      `table "${unmapped}" is not mapped and stays on the source, so it can't be used in a transaction of the target`,
      {
        table: unmapped,
        hint: 'Map the table too, or use it in a transaction of its own.',
      },
    )
  }
  if (carried.problem !== null) throw carried.problem
}

// What an application does all day, on tables of anybody's: new rows made of old ones, updates with values of other rows, deletes, small
// transactions over several tables, and rows that the database numbers. Every write through the ORM that the application might use.

import { setTimeout as sleep } from 'node:timers/promises'
import { type EngineName, type RunningMigration, TwinwriteError } from '@twinwrite/core'
import type { Knex } from 'knex'
import { bound } from './bound.ts'
import { type Fact, gone, present } from './fact.ts'
import type { RunnableStatement } from '../statements/mirrored.ts'
import { codeOf } from '../worded.ts'
import { FreshValues, newRow } from './new-row.ts'
import type { TrafficTable } from './traffic-table.ts'

export interface WriterOptions {
  readonly tables: readonly TrafficTable[]
  /** Statements of the application's own. */
  readonly statements: readonly RunnableStatement[]
  /** Of this writer among all that there ever are. */
  readonly number: number
  /** Milliseconds between the beginnings of two operations. */
  readonly everyMs: number
  readonly sourceEngine: EngineName
}

/** What is told of an operation: before it, and when it was answered. */
export interface Tell {
  tried(facts: readonly Fact[]): void
  acked(facts: readonly Fact[], ms: number): void
  failed(table: string, code: string): void
  ran(statement: number, error: unknown): void
}

/** A row of this writer's own. */
interface Own {
  readonly table: TrafficTable
  readonly key: readonly string[]
}

/** What an operation is about to do, and the work. */
interface Operation {
  /** The first of which it is told. */
  readonly tables: readonly [TrafficTable, ...TrafficTable[]]
  readonly facts: readonly Fact[]
  /** @returns facts that only the answer tells */
  run(db: Knex): Promise<readonly Fact[]>
  done?(): void
}

/** Operations under way at once. */
const most = 8
/** Rows of its own that a writer remembers. */
const mostOwn = 500
const mostTries = 25

export class Writer {
  readonly #db: Knex
  readonly #migration: RunningMigration
  readonly #options: WriterOptions
  readonly #tell: Tell
  readonly #fresh: FreshValues
  readonly #own: Own[] = []
  #flying = 0

  constructor(db: Knex, migration: RunningMigration, options: WriterOptions, tell: Tell) {
    this.#db = db
    this.#migration = migration
    this.#options = options
    this.#tell = tell
    this.#fresh = new FreshValues(options.number)
  }

  /** An open loop: the next operation begins at its time, whether or not the last one has ended. */
  async run(signal: AbortSignal): Promise<void> {
    let due = performance.now()
    while (!signal.aborted) {
      due = Math.max(due + this.#options.everyMs, performance.now() - 1000)
      const early = due - performance.now()
      if (early > 0) await sleep(early, undefined, { signal }).catch(() => undefined)
      while (this.#flying >= most && !signal.aborted) await sleep(1)
      if (signal.aborted) break
      this.#flying++
      this.#once(due)
        .catch((error: unknown) => this.#tell.failed('*', codeOf(error)))
        .finally(() => this.#flying--)
    }
    while (this.#flying > 0) await sleep(5)
  }

  async #once(due: number): Promise<void> {
    const { statements } = this.#options
    if (statements.length > 0 && this.#random(3) === 0)
      return this.#statement(this.#random(statements.length))
    const tables = await this.#writable()
    const table = pick(tables)
    if (table === undefined) return
    const operation = pick(this.#operations)?.(table, tables)
    if (operation === undefined || operation === null) return
    this.#tell.tried(operation.facts)
    try {
      const facts = await this.#patiently(operation)
      operation.done?.()
      this.#tell.acked([...operation.facts, ...facts], performance.now() - due)
    } catch (error) {
      // The stage has moved since the table was chosen.
      if (codeOf(error) === 'TW_DIALECT_CROSSED' && operation.tables.some(({ converted }) => converted))
        return
      this.#tell.failed(operation.tables[0].mapping, codeOf(error))
    }
  }

  /** In the words of the source's engine, so only while the source is primary. */
  async #statement(number: number): Promise<void> {
    const { sql, bindings } = this.#options.statements[number]!
    if ((await this.#migration.primary()) === 'target') return
    try {
      await this.#patiently({ run: (db) => db.raw(sql, [...bindings] as Knex.RawBinding[]) })
      this.#tell.ran(number, null)
    } catch (error) {
      // The stage has moved meanwhile.
      if (codeOf(error) !== 'TW_DIALECT_CROSSED') this.#tell.ran(number, error)
    }
  }

  /** Tables whose rows are converted take no statement of the source's words while the target is primary. */
  async #writable(): Promise<readonly TrafficTable[]> {
    const { tables } = this.#options
    if (!tables.some(({ converted }) => converted)) return tables
    const primary = await this.#migration.primary()
    return tables.filter(({ converted }) => !converted || primary === 'source')
  }

  readonly #operations: readonly ((table: TrafficTable, all: readonly TrafficTable[]) => Operation | null)[] =
    [
      (table) => this.#insert(table),
      (table) => this.#insert(table),
      (table) => this.#insert(table),
      (table) => this.#updateOld(table),
      (table) => this.#updateOld(table),
      () => this.#updateOwn(),
      () => this.#remove(),
      (table, all) => this.#several(table, all),
    ]

  #insert(table: TrafficTable): Operation | null {
    const token = this.#fresh.token()
    const made = newRow(table, this.#random(table.rows.length), token, this.#fresh)
    if (made === null) return null
    const { key, values } = made
    const state = table.token === null ? present : token
    if (key !== null) {
      return {
        tables: [table],
        facts: table.keyed ? [{ table: table.mapping, key, state }] : [],
        run: async (db) => {
          await on(db, table).insert(values)
          return []
        },
        done: () => {
          if (table.keyed) this.#remember({ table, key })
        },
      }
    }
    let given = ''
    return {
      tables: [table],
      facts: [],
      run: async (db) => {
        given = await this.#numbered(db, table, values)
        return table.key.length === 1 ? [{ table: table.mapping, key: [given], state }] : []
      },
      done: () => {
        if (table.key.length === 1) this.#remember({ table, key: [given] })
      },
    }
  }

  /** @returns the number that the database gave */
  async #numbered(db: Knex, table: TrafficTable, values: object): Promise<string> {
    const counter = table.counter!
    const numbers = this.#options.sourceEngine === 'mysql' || this.#options.sourceEngine === 'mariadb'
    const inserting = on(db, table).insert(values)
    const [given] = (await (numbers ? inserting : inserting.returning(counter))) as unknown[]
    return String(
      typeof given === 'object' && given !== null ? (given as Record<string, unknown>)[counter] : given,
    )
  }

  #updateOld(table: TrafficTable): Operation | null {
    const [row, other] = [pick(table.rows), pick(table.rows)]
    const column = pick(table.settable)
    if (!table.keyed || row === undefined || other === undefined || column === undefined) return null
    const at = table.columns.findIndex(({ name }) => name === column)
    const { kind } = table.columns[at]!
    const where = Object.fromEntries(
      table.key.map((name) => {
        const place = table.columns.findIndex((one) => one.name === name)
        return [name, bound(table.columns[place]!.kind, row[place] ?? null)]
      }),
    )
    return {
      tables: [table],
      facts: [],
      run: async (db) => {
        await on(db, table)
          .where(where)
          .update({ [column]: bound(kind, other[at] ?? null) })
        return []
      },
    }
  }

  #updateOwn(): Operation | null {
    const own = pick(this.#own.filter(({ table }) => table.token !== null))
    if (own === undefined) return null
    const { table, key } = own
    const token = this.#fresh.token()
    // Of two writes of one row the book could not tell which was the last.
    this.#forget(own)
    return {
      tables: [table],
      facts: [{ table: table.mapping, key, state: token }],
      run: async (db) => {
        await on(db, table)
          .where(keyOf(own))
          .update({ [table.token!]: token })
        return []
      },
      done: () => this.#remember(own),
    }
  }

  #remove(): Operation | null {
    const own = pick(this.#own.filter(({ table }) => table.deletes))
    if (own === undefined) return null
    this.#forget(own)
    const { table, key } = own
    return {
      tables: [table],
      facts: [{ table: table.mapping, key, state: gone }],
      run: async (db) => {
        await on(db, table).where(keyOf(own)).delete()
        return []
      },
    }
  }

  /** A transaction over rows of several tables. */
  #several(table: TrafficTable, all: readonly TrafficTable[]): Operation | null {
    const second = pick(all)!
    const parts = [this.#insert(table), this.#updateOld(second), this.#insert(second)].filter(
      (part) => part !== null,
    )
    if (parts.length < 2) return null
    return {
      tables: [table, second],
      facts: parts.flatMap(({ facts }) => facts),
      run: (db) =>
        db.transaction(async (transaction) => {
          const facts: Fact[] = []
          for (const part of parts) facts.push(...(await part.run(transaction)))
          return facts
        }),
      done: () => parts.forEach((part) => part.done?.()),
    }
  }

  /** As an application tries again what was rolled back and may be tried again. */
  async #patiently<T>({ run }: { run(db: Knex): Promise<T> }): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await run(this.#db)
      } catch (error) {
        if (!isRetryable(error) || tries === mostTries) throw error
        await sleep(10 + this.#random(40))
      }
    }
  }

  #remember(own: Own): void {
    this.#own.push(own)
    if (this.#own.length > mostOwn) this.#own.shift()
  }

  #forget(own: Own): void {
    this.#own.splice(this.#own.indexOf(own), 1)
  }

  #random(below: number): number {
    return Math.floor(Math.random() * below)
  }
}

function on(db: Knex, { schema, name }: TrafficTable): Knex.QueryBuilder {
  return schema === null ? db(name) : db.withSchema(schema).table(name)
}

function keyOf({ table, key }: Own): Record<string, unknown> {
  return Object.fromEntries(
    table.key.map((name, at) => {
      const { kind } = table.columns.find((column) => column.name === name)!
      return [name, bound(kind, key[at]!)]
    }),
  )
}

/** What the servers roll back and an application tries again. */
const passing: ReadonlySet<string> = new Set([
  '40001',
  '40P01',
  'ER_LOCK_DEADLOCK',
  'ER_LOCK_WAIT_TIMEOUT',
  'SQLITE_BUSY',
])

function isRetryable(error: unknown): boolean {
  return error instanceof TwinwriteError ? error.retryable : passing.has(codeOf(error))
}

function pick<T>(list: readonly T[]): T | undefined {
  return list[Math.floor(Math.random() * list.length)]
}

// Rows whose keys are twins to one of the sides: equal under its collation, and different under the other one. They arrive each for
// itself, or are blocked as the plan has said; never does one take another's place.

import { backfill } from '@twinwrite/backfill'
import { type RunningMigration, type Side, type TableConfig, TwinwriteError } from '@twinwrite/core'
import { freshDatabase } from '@twinwrite/testkit'
import { verify } from '@twinwrite/verify'
import type { Knex } from 'knex'
import { type PlainSession, plainSession } from '../conformance/plain-session.ts'
import type { Told } from './equal.ts'
import { sides } from './group.ts'
import { textLiteral } from './literal.ts'
import { meaning } from './meaning.ts'
import { isNamed } from './named.ts'
import type { Pair } from './planned.ts'
import { reading } from './reading.ts'
import type { Finding, RoundReport } from './round.ts'
import { nothing, type Said, saidOf } from './said.ts'
import { sessionStatements } from './types/by-engine.ts'
import { keyStatements, keyTypes, twins } from './types/keys.ts'
import { type Databases, drained, follow, operator } from './wrapped.ts'

interface KeyPair {
  readonly table: string
  readonly types: Readonly<Record<Side, string>>
  said: Said
}

/** What `v` says in each row, by the meaning of its key. */
type Rows = ReadonlyMap<string, number>

export async function runKeyRound(pair: Pair): Promise<RoundReport> {
  const databases = {
    source: await freshDatabase(pair.source as 'sqlite'),
    target: await freshDatabase(pair.target as 'sqlite'),
  }
  const round = new KeyRound(pair, databases)
  try {
    await round.open()
    await round.written()
    await round.loaded('fast')
    await round.loaded('live')
    await round.mended()
    return round.report()
  } finally {
    await round.close()
    await Promise.all([databases.source.drop(), databases.target.drop()])
  }
}

class KeyRound {
  readonly #pair: Pair
  readonly #databases: Databases
  readonly #pairs: readonly KeyPair[]
  readonly #findings: Finding[] = []
  readonly #closing: (() => unknown)[] = []
  readonly #unstorable: string[] = []
  #plain!: Record<Side, PlainSession>
  #app!: Knex
  #migration!: RunningMigration
  #values = 0
  #exact = 0
  #named = 0

  constructor(pair: Pair, databases: Databases) {
    this.#pair = pair
    this.#databases = databases
    this.#pairs = keyTypes[pair.source]
      .flatMap((source) => keyTypes[pair.target].map((target) => ({ source, target })))
      .map((types, index) => ({ table: `k${index}`, types, said: nothing }))
  }

  report(): RoundReport {
    return {
      columns: this.#pairs.length,
      values: this.#values,
      exact: this.#exact,
      named: this.#named,
      unsupported: 0,
      damaged: 0,
      unstorable: this.#unstorable,
      findings: this.#findings,
    }
  }

  async close(): Promise<void> {
    for (const close of this.#closing.reverse()) await close()
  }

  async open(): Promise<void> {
    const { source, target } = this.#databases
    this.#plain = { source: await plainSession(source), target: await plainSession(target) }
    for (const side of sides) {
      const plain = this.#plain[side]
      this.#closing.push(() => plain.end())
      await plain.queryAll([...sessionStatements[plain.engine], ...keyStatements[plain.engine]])
      for (const { table, types } of this.#pairs)
        await plain.query(`CREATE TABLE ${table} (k ${types[side]} NOT NULL PRIMARY KEY, v bigint)`)
    }
    const looking = operator(
      this.#databases,
      Object.fromEntries(this.#pairs.map(({ table }) => [table, true])),
    )
    this.#closing.push(() => looking.close())
    const said = saidOf(await looking.check())
    for (const pair of this.#pairs) pair.said = said.get(`${pair.table}.k`) ?? nothing
    const config = this.#pairs.map(({ table, said: { lossy } }): [string, TableConfig] => [
      table,
      { accept: lossy ? ['k'] : [] },
    ])
    const { app, migration } = await follow(this.#databases, Object.fromEntries(config))
    this.#closing.push(() => app.destroy())
    this.#app = app
    this.#migration = migration
  }

  /** Inserts, updates, changes of keys and deletes, as far as the source takes them. */
  async written(): Promise<void> {
    for (const { table } of this.#pairs) {
      for (const [index, text] of twins.entries())
        await this.#write(`INSERT INTO ${table} (k, v) VALUES (${this.#literal(text)}, ${index})`)
      for (const [index, text] of twins.entries()) {
        const at = `${table} SET v = ${100 + index} WHERE k = ${this.#literal(text)}`
        if (index % 3 === 0) await this.#write(`UPDATE ${at}`)
        if (index % 7 === 1) {
          const next = this.#literal(twins[index + 1] ?? 'last')
          await this.#write(`UPDATE ${table} SET k = ${next} WHERE k = ${this.#literal(text)}`)
        }
        if (index % 11 === 2) await this.#write(`DELETE FROM ${table} WHERE k = ${this.#literal(text)}`)
      }
    }
    await drained(this.#migration)
    await this.#judge('apply')
  }

  #literal(text: string): string {
    return textLiteral(this.#pair.source, text)
  }

  async #write(sql: string): Promise<void> {
    try {
      await this.#app.raw(sql.replaceAll('?', '\\?'))
    } catch (error) {
      // A twin to the source itself is no row of its own.
      if (error instanceof TwinwriteError) this.#unstorable.push(`${sql}: ${error.message}`)
      else if (!/unique|duplicate/i.test(String(error))) throw error
    }
  }

  async loaded(way: 'fast' | 'live'): Promise<void> {
    for (const { table } of this.#pairs) await this.#plain.target.query(`DELETE FROM ${table}`)
    await backfill(this.#migration, { way }).done
    await drained(this.#migration)
    await this.#judge(way)
  }

  /** What differs is blocked, and what is blocked was named. */
  async #judge(phase: string): Promise<void> {
    const blocked = await this.#blocked()
    for (const pair of this.#pairs) {
      const [there, here] = [await this.#rows(pair, 'source'), await this.#rows(pair, 'target')]
      const held = blocked.get(pair.table) ?? new Map<string, string>()
      for (const key of new Set([...there.keys(), ...here.keys()])) {
        const [expected, found] = [there.get(key), here.get(key)]
        if (expected === found) this.#count(phase, 'exact')
        else if (!held.has(key))
          this.#find(phase, pair, key, `${expected ?? 'no row'} became ${found ?? 'no row'}`)
        else if (found !== undefined && [...there].some(([other, v]) => other !== key && v === found))
          this.#find(phase, pair, key, `took the place of another row: ${found}`)
        else this.#count(phase, 'named')
      }
      for (const [key, reason] of held) {
        const told: Told = { engine: this.#pair.source, form: 'text', meaning: key }
        if (!isNamed(pair.said.phrases, told))
          this.#find(phase, pair, key, `refused without a word of the plan: ${reason}`)
      }
    }
  }

  #count(phase: string, what: 'exact' | 'named'): void {
    if (phase !== 'apply') return
    this.#values++
    if (what === 'exact') this.#exact++
    else this.#named++
  }

  #find(phase: string, { types }: KeyPair, key: string, what: string): void {
    const value = Buffer.from(key.slice(2), 'hex').toString('utf8')
    this.#findings.push({ phase, from: types.source, to: types.target, value: JSON.stringify(value), what })
  }

  /** Reasons by table and meaning of the key. */
  async #blocked(): Promise<Map<string, Map<string, string>>> {
    const found = new Map<string, Map<string, string>>()
    for (const { table, key, reason } of await this.#migration.blocked()) {
      const rows = found.get(table) ?? new Map<string, string>()
      found.set(table, rows.set(`t:${Buffer.from(key, 'utf8').toString('hex')}`, reason))
    }
    return found
  }

  async #rows({ table, types }: KeyPair, side: Side): Promise<Rows> {
    const { engine } = this.#plain[side]
    const form = types[side].startsWith('char') ? 'padded' : 'text'
    const rows = await this.#plain[side].query(
      `SELECT ${reading(engine, form, 'k')} AS told, v FROM ${table}`,
    )
    return new Map(rows.map(({ told, v }) => [meaning(engine, form, types[side], String(told)), Number(v)]))
  }

  /** Without the rows that were refused, both sides are equal, and nothing stays blocked. */
  async mended(): Promise<void> {
    for (const { table, key } of await this.#migration.blocked())
      await this.#app.raw(`DELETE FROM ${table} WHERE k = ${this.#literal(key)}`.replaceAll('?', '\\?'))
    await this.#migration.retryBlocked()
    await drained(this.#migration)
    for (const [table, rows] of await this.#blocked()) {
      const pair = this.#pairs.find((one) => one.table === table)!
      for (const [key, reason] of rows) this.#find('mended', pair, key, `stays blocked: ${reason}`)
    }
    await this.#judge('mended')
    const report = await verify(this.#migration, { show: 100_000 }).done
    for (const { table, key, kind } of report.shown) {
      const pair = this.#pairs.find((one) => one.table === table)!
      this.#find('verify', pair, `t:${Buffer.from(key, 'utf8').toString('hex')}`, `false alarm: ${kind}`)
    }
  }
}

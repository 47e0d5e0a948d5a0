// One round between two engines: tables with every kind of column, one value in each row, written through the wrapped ORM, loaded fast and
// loaded live. Each value arrives exactly, by an oracle that knows nothing of twinwrite, or was refused by the plan in words that speak
// of it; verify cries neither too often nor too seldom.

import { backfill } from '@twinwrite/backfill'
import type { MigrationConfig, RunningMigration, Side, TableConfig } from '@twinwrite/core'
import { freshDatabase } from '@twinwrite/testkit'
import { repair, verify } from '@twinwrite/verify'
import type { Knex } from 'knex'
import { type PlainSession, plainSession, quoted } from '../conformance/plain-session.ts'
import { isSame, isZero, type Told } from './equal.ts'
import { type Contents, contentsOf, sideContents } from './contents.ts'
import { type Cell, type Group, makeGroups, sides } from './group.ts'
import { isNamed } from './named.ts'
import type { Pair, PlannedColumn } from './planned.ts'
import { nothing, type Said, saidOf } from './said.ts'
import { sessionStatements, typeStatements } from './types/by-engine.ts'
import { type Databases, drained, follow, operator } from './wrapped.ts'

export interface Finding {
  readonly phase: string
  readonly from: string
  readonly to: string
  /** Literal of the value; empty where it concerns all of them. */
  readonly value: string
  readonly what: string
}

export interface RoundReport {
  /** Pairs of columns. */
  readonly columns: number
  readonly values: number
  /** Values that arrived exactly through apply. */
  readonly exact: number
  /** Values refused or altered as the plan had said. */
  readonly named: number
  /** Pairs without a text in common, refused by the plan. */
  readonly unsupported: number
  readonly damaged: number
  /** Literals that the source itself refused. */
  readonly unstorable: readonly string[]
  readonly findings: readonly Finding[]
}

export async function runRound(pair: Pair, columns: readonly PlannedColumn[]): Promise<RoundReport> {
  const databases = {
    source: await freshDatabase(pair.source as 'sqlite'),
    target: await freshDatabase(pair.target as 'sqlite'),
  }
  const round = new Round(pair, databases)
  try {
    await round.open(columns)
    await round.written()
    await round.verified()
    await round.damaged()
    await round.loaded('fast')
    await round.loaded('live')
    return round.report()
  } finally {
    await round.close()
    await Promise.all([databases.source.drop(), databases.target.drop()])
  }
}

class Round {
  readonly #pair: Pair
  readonly #databases: Databases
  readonly #findings: Finding[] = []
  readonly #closing: (() => unknown)[] = []
  #plain!: Record<Side, PlainSession>
  #groups: Group[] = []
  #app!: Knex
  #migration!: RunningMigration
  #unsupported = 0
  readonly #unstorable: string[] = []
  #exact = 0
  #named = 0
  #damaged = 0

  constructor(pair: Pair, databases: Databases) {
    this.#pair = pair
    this.#databases = databases
  }

  report(): RoundReport {
    const count = (of: (group: Group) => number): number =>
      this.#groups.reduce((sum, group) => sum + of(group), 0)
    return {
      columns: count(({ columns }) => columns.length),
      values: count(({ cells }) => cells.size),
      exact: this.#exact,
      named: this.#named,
      unsupported: this.#unsupported,
      damaged: this.#damaged,
      unstorable: this.#unstorable,
      findings: this.#findings,
    }
  }

  async close(): Promise<void> {
    for (const close of this.#closing.reverse()) await close()
  }

  /** Makes the tables, and takes the migration to the stage in which the target follows. */
  async open(columns: readonly PlannedColumn[]): Promise<void> {
    const { source, target } = this.#databases
    this.#plain = { source: await plainSession(source), target: await plainSession(target) }
    for (const side of sides) {
      const plain = this.#plain[side]
      this.#closing.push(() => plain.end())
      await plain.queryAll([...sessionStatements[plain.engine], ...typeStatements[plain.engine]])
    }
    const operate = (tables: MigrationConfig['tables']): RunningMigration => {
      const migration = operator(this.#databases, tables)
      this.#closing.push(() => migration.close())
      return migration
    }
    const made = await makeGroups(this.#pair, this.#plain, (tables) => operate(tables).catalogs(), columns)
    const problems = await operate(Object.fromEntries(made.map(({ table }) => [table, true]))).check()
    const said = saidOf(problems)
    for (const group of made)
      for (const column of group.columns) column.said = said.get(`${group.table}.${column.name}`) ?? nothing
    this.#unsupported = made.flatMap((group) =>
      group.columns.filter((column) => column.said.unsupported),
    ).length
    const config = Object.fromEntries(made.map((group) => [group.table, settingsOf(group)]))
    this.#groups = made.map((group) => ({
      ...group,
      columns: group.columns.filter((column) => !column.said.unsupported),
    }))
    const { app, migration } = await follow(this.#databases, config)
    this.#closing.push(() => app.destroy())
    this.#app = app
    this.#migration = migration
  }

  /** Each value in a row of its own, through the wrapped ORM. */
  async written(): Promise<void> {
    for (const group of this.#groups) {
      let id = 0
      for (const column of group.columns) {
        const cells = ['NULL', ...new Set(column.values)].map((literal): Cell => ({
          id: ++id,
          column,
          literal,
        }))
        await this.#insert(group, cells)
      }
    }
    await drained(this.#migration)
    await this.#noteBlocked()
    for (const group of this.#groups) {
      const found = await contentsOf(this.#plain, group)
      for (const cell of group.cells.values()) this.#judge(group, cell, found)
    }
  }

  async #insert(group: Group, cells: readonly Cell[]): Promise<void> {
    const source = this.#pair.source
    const write = async (some: readonly Cell[]): Promise<void> => {
      const rows = some.map(({ id, literal }) => `(${id}, ${literal})`)
      const name = quoted(source, some[0]!.column.name)
      const sql = `INSERT INTO ${group.table} (id, ${name}) VALUES ${rows.join(', ')}`
      await this.#app.raw(sql.replaceAll('?', '\\?'))
      for (const cell of some) group.cells.set(cell.id, cell)
    }
    try {
      await write(cells)
    } catch (error) {
      if (cells.length === 1)
        return void this.#unstorable.push(
          `${cells[0]!.column.declared} ${cells[0]!.literal}: ${String(error).slice(-80)}`,
        )
      const half = Math.ceil(cells.length / 2)
      await this.#insert(group, cells.slice(0, half))
      await this.#insert(group, cells.slice(half))
    }
  }

  async #noteBlocked(): Promise<void> {
    for (const { table, key, reason } of await this.#migration.blocked()) {
      const group = this.#groups.find((one) => one.table === table)!
      const cell = group.cells.get(Number(key))!
      group.blocked.add(cell.id)
      const told = await this.#toldOf(group, cell)
      if (isNamed(cell.column.said.phrases, told)) this.#named++
      else
        this.#find(
          'apply',
          cell,
          `refused without a word of the plan: ${told.meaning.slice(0, 80)}: ${reason}`,
        )
    }
  }

  async #toldOf(group: Group, cell: Cell): Promise<Told> {
    const found = await sideContents(this.#plain.source, 'source', group, `WHERE id = ${cell.id}`)
    return found.get(cell.id)!.get(cell.column.name)!
  }

  #judge(group: Group, cell: Cell, found: Contents, phase = 'apply'): void {
    if (group.blocked.has(cell.id)) return
    const { name, said } = cell.column
    const [there, here] = [found.source.get(cell.id)?.get(name), found.target.get(cell.id)?.get(name)]
    if (there === undefined || here === undefined) return this.#find(phase, cell, 'the row is not there')
    if (there !== null && here !== null ? isSame(there, here) : there === here) {
      if (phase === 'apply') this.#exact++
    } else if (there !== null && isNamed(said.phrases, there)) {
      if (phase === 'apply') this.#named++
    } else {
      this.#find(phase, cell, `altered: ${short(there)} became ${short(here)}`)
    }
  }

  #find(phase: string, { column, literal }: Cell, what: string): void {
    const { declared, types, to } = column
    this.#findings.push({
      phase,
      from: declared,
      to: `${types.target}${to === null ? '' : ' (chosen)'}`,
      value: literal,
      what,
    })
  }

  #findAll(phase: string, what: string): void {
    this.#findings.push({ phase, from: '', to: '', value: '', what })
  }

  /** The refused rows go; then everything is equal, and no alarm is raised. */
  async verified(): Promise<void> {
    for (const group of this.#groups) {
      if (group.blocked.size === 0) continue
      await this.#app.raw(`DELETE FROM ${group.table} WHERE id IN (${[...group.blocked].join(', ')})`)
      for (const id of group.blocked) group.cells.delete(id)
    }
    await drained(this.#migration)
    const left = await this.#migration.blocked()
    if (left.length > 0)
      this.#findAll('apply', `${left.length} deleted rows stay blocked: ${left[0]!.reason}`)
    await this.#silent('verify')
  }

  async #silent(phase: string): Promise<void> {
    const report = await verify(this.#migration, { show: 100_000 }).done
    for (const { table, key, kind, differences } of report.shown) {
      const cell = this.#groups.find((group) => group.table === table)!.cells.get(Number(key))
      const what = `false alarm: ${kind} ${JSON.stringify(differences).slice(0, 300)}`
      if (cell === undefined) this.#findAll(phase, what)
      else this.#find(phase, cell, what)
    }
    if (report.inFlight.length > 0) this.#findAll(phase, `${report.inFlight.length} rows in flight`)
  }

  /** Values change places on the target: all of that is found, and repaired. */
  async damaged(): Promise<void> {
    const expected = new Map<string, Cell>()
    for (const group of this.#groups) {
      const found = await contentsOf(this.#plain, group)
      await this.#plain.target.query(`CREATE TABLE was_${group.table} AS SELECT * FROM ${group.table}`)
      for (const column of group.columns) {
        const swaps = swapsOf(
          [...group.cells.values()].filter((cell) => cell.column === column),
          found,
        )
        if (swaps.length === 0) continue
        const other = swaps.map(([cell, from]) => `WHEN ${cell.id} THEN ${from.id}`).join(' ')
        const name = quoted(this.#pair.target, column.name)
        await this.#plain.target.query(
          `UPDATE ${group.table} SET ${name} = (SELECT w.${name} FROM was_${group.table} w WHERE w.id = CASE ${group.table}.id ${other} END)` +
            ` WHERE id IN (${swaps.map(([cell]) => cell.id).join(', ')})`,
        )
        for (const [cell] of swaps) expected.set(`${group.table} ${cell.id}`, cell)
      }
      const after = await sideContents(this.#plain.target, 'target', group)
      // A column may not take back all that it holds.
      for (const cell of group.cells.values()) {
        const now = after.get(cell.id)?.get(cell.column.name)
        const before = found.target.get(cell.id)?.get(cell.column.name)
        if (now?.meaning === before?.meaning) expected.delete(`${group.table} ${cell.id}`)
      }
    }
    const report = await verify(this.#migration, { show: 100_000 }).done
    const seen = new Set(report.shown.map(({ table, key }) => `${table} ${key}`))
    for (const [row, cell] of expected) if (!seen.has(row)) this.#find('damage', cell, 'not found by verify')
    for (const row of seen) if (!expected.has(row)) this.#findAll('damage', `${row} was not damaged`)
    this.#damaged = expected.size
    const { left } = await repair(this.#migration)
    for (const one of left) this.#findAll('repair', `left: ${JSON.stringify(one).slice(0, 300)}`)
    await this.#compared('repair')
  }

  async #compared(phase: string): Promise<void> {
    for (const group of this.#groups) {
      const found = await contentsOf(this.#plain, group)
      for (const cell of group.cells.values()) this.#judge(group, cell, found, phase)
    }
    await this.#silent(phase)
  }

  async loaded(way: 'fast' | 'live'): Promise<void> {
    for (const { table } of this.#groups) await this.#plain.target.query(`DELETE FROM ${table}`)
    const { fellBack } = await backfill(this.#migration, { way }).done
    // Some values have no fast way, which the report of a load says.
    if (fellBack !== null && !fellBack.endsWith('is loaded row by row'))
      this.#findAll(way, `fell back: ${fellBack}`)
    await drained(this.#migration)
    for (const { table, key, reason } of await this.#migration.blocked())
      this.#findAll(way, `${table} ${key} is blocked: ${reason}`)
    await this.#compared(way)
  }
}

const short = (told: Told | null): string => (told === null ? 'NULL' : told.meaning.slice(0, 120))

function settingsOf({ columns }: Group): TableConfig {
  const names = (wanted: (said: Said) => boolean): string[] =>
    columns.filter(({ said }) => wanted(said)).map(({ name }) => name)
  const ignored = names(({ unsupported }) => unsupported)
  return {
    accept: names(({ lossy, unsupported }) => lossy && !unsupported),
    ignore: { source: ignored, target: ignored },
  }
}

/** Each cell with the next one that holds another value, of those that arrived. */
function swapsOf(cells: readonly Cell[], { source, target }: Contents): [Cell, Cell][] {
  const exact = cells.flatMap((cell) => {
    const [there, here] = [
      source.get(cell.id)?.get(cell.column.name),
      target.get(cell.id)?.get(cell.column.name),
    ]
    return there && here && isSame(there, here) ? [{ cell, here }] : []
  })
  return exact.flatMap(({ cell, here }, index): [Cell, Cell][] => {
    const others = [...exact.slice(index + 1), ...exact.slice(0, index)]
    const other = others.find((one) => !isSame(one.here, here) && !(isZero(one.here) && isZero(here)))
    return other === undefined ? [] : [[cell, other.cell]]
  })
}

// Results between engines. Rows come as the target's driver gives them; what Knex and the drivers wrap around them
// (ids of inserts, counts, raw responses, column facts) is given in the source's form, as the app expects it.

import { type Builder, type Compiled, isPlainObject, isRaw } from '../knex-internals.ts'
import type { Carrying } from './carrying.ts'
import type { DialectName } from './dialect.ts'
import { identifierText } from './identifier.ts'
import { type Outcome, outcomeOf, rawResponse } from './outcome.ts'
import type { Scope } from './scope.ts'

export interface ResultPlan {
  /** Target column to ask for, so that the generated id of an insert can be told. */
  readonly returning: string | null
  /** Turns what the target's client made of a response into what the source's client would have made. */
  convert(compiled: Compiled, processed: unknown): unknown
}

export interface CarriedBuilder {
  /** The app's. */
  readonly builder: Builder
  readonly carried: Builder
  readonly scope: Scope
  /** Target column that the database numbers. */
  readonly counter: string | null
}

const asIs: ResultPlan = { returning: null, convert: (_compiled, processed) => processed }

/** For raw SQL and schema statements. @param silent an insert that gives back no rows on the source */
export function planRawResult(
  { sameDialect, sourceDialect, targetDialect }: Carrying,
  silent = false,
): ResultPlan {
  return sameDialect ? asIs : { returning: null, convert: rawConverter(sourceDialect, targetDialect, silent) }
}

export function planResult(carrying: Carrying, query: CarriedBuilder): ResultPlan {
  const { sameDialect, sourceDialect, targetDialect } = carrying
  const { builder, carried, scope, counter } = query
  const { _method: method, _single: single } = builder
  if (method === 'columnInfo')
    return { returning: null, convert: columnInfoConverter(scope, single['columnInfo']) }
  if (sameDialect) return asIs
  const returns = carrying.from.honours.insert.has('returning') && isGiven(single['returning'])
  if (method === 'insert' && !returns) {
    const returning = targetDialect === 'postgres' ? counter : null
    const merged = single['merge'] === undefined ? null : rowsGiven(single['insert'])
    const told = sourceDialect === 'mysql' ? firstNumbered(carried._single['insert'], returning) : -1
    return { returning, convert: insertConverter(sourceDialect, targetDialect, { returning, told, merged }) }
  }
  if (method === 'insert' && !carrying.to.honours.insert.has('returning')) return readBehind(targetDialect)
  const crossesPostgres = sourceDialect === 'postgres' || targetDialect === 'postgres'
  // SQLite adds up to a number, whatever the columns are; the others give the text of a decimal for most of them.
  const numbers = [
    ...(crossesPostgres ? scope.counts : []),
    ...(sourceDialect === 'sqlite' ? scope.sums : []),
  ]
  if (numbers.length === 0) return asIs
  const convert = sourceDialect === 'postgres' ? String : Number
  return { returning: null, convert: (_compiled, processed) => convertNumbers(processed, numbers, convert) }
}

function isGiven(returning: unknown): boolean {
  return Array.isArray(returning) ? returning.length > 0 : Boolean(returning)
}

function rawConverter(source: DialectName, target: DialectName, silent: boolean): ResultPlan['convert'] {
  return (compiled, processed) => {
    if (compiled.method !== 'raw' || compiled.output !== undefined) return processed
    const outcome = outcomeOf(target, compiled)
    return rawResponse(source, silent && outcome.hasRows ? withoutRows(source, outcome) : outcome)
  }
}

/** The app's text for the target returns the generated id, which the source's driver tells in another way. */
function withoutRows(source: DialectName, outcome: Outcome): Outcome {
  const [id] = Object.values(outcome.rows.at(source === 'mysql' ? 0 : -1) ?? {})
  return { ...outcome, rows: [], names: [], hasRows: false, insertId: asNumber(id) }
}

function rowsGiven(rows: unknown): number {
  return Array.isArray(rows) ? rows.length : 1
}

/** Rows of an insert that were read behind it. */
const readBehind = (target: DialectName): ResultPlan => ({
  returning: null,
  convert: (compiled) => [...outcomeOf(target, compiled).rows],
})

/** Place of the first row that the database numbers; -1: none. */
function firstNumbered(rows: unknown, counter: string | null): number {
  if (counter === null) return -1
  const name = identifierText([counter])
  const isNumbered = (row: unknown): boolean => !isPlainObject(row) || row[name] == null || isRaw(row[name])
  return Array.isArray(rows) ? rows.findIndex(isNumbered) : isNumbered(rows) ? 0 : -1
}

interface InsertFacts {
  readonly returning: string | null
  /** Place of the row whose id is told. */
  readonly told: number
  /** Rows of an insert that updates on conflict: MySQL counts an update twice, or not at all. */
  readonly merged: number | null
}

function insertConverter(
  source: DialectName,
  target: DialectName,
  facts: InsertFacts,
): ResultPlan['convert'] {
  return (compiled) => {
    const outcome = outcomeOf(target, compiled)
    if (source === 'postgres') {
      return rawResponse(source, { ...outcome, rows: [], affected: facts.merged ?? outcome.affected })
    }
    return [insertedId(source, target, outcome, facts)]
  }
}

/** MySQL reports the first generated id of a statement, or else the last given one; SQLite that of the last row. */
function insertedId(
  source: DialectName,
  target: DialectName,
  outcome: Outcome,
  { returning, told }: InsertFacts,
): number | bigint | string {
  if (target === 'postgres') {
    // Rows that were left alone on conflict are not among them.
    const row = outcome.rows.at(told) ?? outcome.rows[0]
    const id: unknown = row === undefined || returning === null ? undefined : row[returning]
    return asNumber(id)
  }
  const many = outcome.affected > 1 ? outcome.affected - 1 : 0
  return Number(outcome.insertId) + (source === target ? 0 : source === 'mysql' ? -many : many)
}

function asNumber(id: unknown): number | string {
  const number = Number(id ?? 0)
  return Number.isSafeInteger(number) ? number : String(id)
}

function convertNumbers(
  processed: unknown,
  names: readonly string[],
  convert: (value: unknown) => unknown,
): unknown {
  const rows: unknown[] = Array.isArray(processed) ? processed : [processed]
  for (const row of rows) {
    if (typeof row !== 'object' || row === null) continue
    const record = row as Record<string, unknown>
    for (const name of names) if (record[name] != null) record[name] = convert(record[name])
  }
  return processed
}

/** `columnInfo()` answers by column name, or for one column alone. */
function columnInfoConverter(scope: Scope, only: unknown): ResultPlan['convert'] {
  const table = scope.visible[0]?.table ?? null
  return (_compiled, processed) => {
    if (typeof only === 'string' || table === null || typeof processed !== 'object' || processed === null)
      return processed
    const info = processed as Record<string, unknown>
    const columns = table.columns ?? [...table.names.renamed].map(([source, target]) => ({ source, target }))
    const known = columns.filter(({ target }) => Object.hasOwn(info, target))
    if (table.columns !== null)
      return Object.fromEntries(known.map(({ source, target }) => [source, info[target]]))
    const renamed = new Map(known.map(({ source, target }) => [target, source]))
    return Object.fromEntries(Object.entries(info).map(([name, one]) => [renamed.get(name) ?? name, one]))
  }
}

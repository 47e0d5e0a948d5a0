// Tables of a round: columns that stand together, one value in each row.

import type { MigrationConfig, Side, SideCatalog, Table } from '@twinwrite/core'
import { proposeTable } from '@twinwrite/sql'
import type { Engine } from '@twinwrite/testkit'
import { type PlainSession, quoted } from '../conformance/plain-session.ts'
import { type Form, formOf } from './form.ts'
import type { Pair, PlannedColumn } from './planned.ts'
import { nothing, type Said } from './said.ts'

export interface Cell {
  readonly id: number
  readonly column: TravellingColumn
  readonly literal: string
}

export interface TravellingColumn {
  readonly name: string
  readonly declared: string
  readonly to: string | null
  readonly values: readonly string[]
  readonly types: Record<Side, string>
  readonly forms: Record<Side, Form>
  said: Said
}

export interface Group {
  readonly table: string
  readonly columns: readonly TravellingColumn[]
  readonly cells: Map<number, Cell>
  /** Rows that the secondary refused. */
  readonly blocked: Set<number>
}

export const sides: readonly Side[] = ['source', 'target']

/** Makes the tables on both sides: the source's as declared, the target's as proposed or chosen. */
export async function makeGroups(
  pair: Pair,
  plain: Readonly<Record<Side, PlainSession>>,
  catalogsOf: (tables: MigrationConfig['tables']) => Promise<Record<Side, SideCatalog>>,
  planned: readonly PlannedColumn[],
): Promise<Group[]> {
  const { source, target } = pair
  const groups = grouped(planned)
  const names = groups.map((_, index) => `g${index}`)
  for (const [index, columns] of groups.entries()) {
    const lines = columns.map(({ declared }, position) => `${quoted(source, `c${position}`)} ${declared}`)
    await plain.source.query(
      `CREATE TABLE ${names[index]} (id bigint NOT NULL PRIMARY KEY, ${lines.join(', ')})`,
    )
  }
  const tables = Object.fromEntries(names.map((name) => [name, true as const]))
  const catalogs = await catalogsOf(tables)
  for (const [index, columns] of groups.entries()) {
    const table = catalogs.source.tables.find(({ name }) => name === names[index])!
    const { statement } = proposeTable({ engine: source, table }, target, {
      table: { schema: null, name: table.name },
      column: (name) => name,
      tableOf: (ref) => ref,
    })
    await plain.target.query(chosen(target, statement, columns))
  }
  const there = await catalogsOf(tables)
  return groups.map((columns, index) => {
    const table = names[index]!
    return {
      table,
      cells: new Map<number, Cell>(),
      blocked: new Set<number>(),
      columns: columns.map(({ declared, to, values }, position): TravellingColumn => {
        const name = `c${position}`
        const found = (side: Side): { type: string; form: Form } => {
          const own = there[side].tables.find((one) => one.name === table) as Table
          const { type, kind } = own.columns.find((one) => one.name === name)!
          return { type, form: formOf(pair[side], type, kind) }
        }
        const [from, at] = [found('source'), found('target')]
        return {
          name,
          declared,
          to,
          values,
          types: { source: from.type, target: at.type },
          forms: { source: from.form, target: at.form },
          said: nothing,
        }
      }),
    }
  })
}

/** Columns of one first word stand together: where all columns of a table allow it, rows travel and are compared as bytes. */
function grouped(columns: readonly PlannedColumn[]): PlannedColumn[][] {
  const groups = new Map<string, PlannedColumn[]>()
  for (const column of columns) {
    const word = `${/^\W*\w*/.exec(column.declared)![0]}${column.declared.includes('[') ? '[]' : ''}`
    const name = `${word.toLowerCase()}${column.to === null ? '' : ' chosen'}`
    groups.set(name, [...(groups.get(name) ?? []), column])
  }
  return [...groups.values()]
}

function chosen(engine: Engine, statement: string, columns: readonly PlannedColumn[]): string {
  return columns.reduce((text, { to }, position) => {
    const name = quoted(engine, `c${position}`)
    return to === null
      ? text
      : text.replace(new RegExp(`^  ${name} .*?(,?)$`, 'm'), (_, comma: string) => `  ${name} ${to}${comma}`)
  }, statement)
}

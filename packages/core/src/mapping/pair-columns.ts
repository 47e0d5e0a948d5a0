// Which column of the source answers to which column of the target, from the config and the two catalogs. Everything that has no
// counterpart and is not ignored by name is a problem: nothing is left out silently.

import { type Column, columnOf, type EngineName, type Table } from '../catalog.ts'
import type { Side } from '../stage.ts'
import { isCanonical } from './canonical-text.ts'
import type { ColumnSettings, TableSettings } from './config.ts'
import { canCarry } from './lossy.ts'
import type { Problems } from './problem.ts'
import { didYouMean } from './suggest.ts'
import { tableText } from './table-name.ts'

export interface ColumnPair {
  readonly source: Column
  readonly target: Column
  /** The user's own conversion. */
  readonly convert: ColumnSettings['convert']
}

/** An ignored column that gets one text in every row applied to its side. */
export interface ConstantColumn {
  readonly column: Column
  readonly text: string
}

export interface Pairing {
  /** Columns that travel, in the source's order. */
  readonly pairs: readonly ColumnPair[]
  /** Generated columns on both sides: equal by the databases' own work. */
  readonly generated: readonly ColumnPair[]
  readonly constants: Readonly<Record<Side, readonly ConstantColumn[]>>
  /** Columns without counterpart, which the row functions `up` and `down` make. */
  readonly loose: Readonly<Record<Side, readonly Column[]>>
}

/** Name of a column in messages. */
export function columnText(table: Table, name: string): string {
  return `${tableText(table)}.${name}`
}

export function pairColumns(
  settings: TableSettings,
  { source, target }: Readonly<Record<Side, Table>>,
  engine: Readonly<Record<Side, EngineName>>,
  problems: Problems,
): Pairing {
  checkNames(settings, source, target, problems)
  const targetOf = new Map<string, string>()
  for (const [from, { to }] of settings.columns) targetOf.set(from, to)
  const named = new Set(targetOf.values())
  for (const { name } of source.columns) {
    if (targetOf.has(name) || settings.ignore.source.has(name)) continue
    if (columnOf(target, name) !== undefined && !named.has(name) && !settings.ignore.target.has(name))
      targetOf.set(name, name)
  }

  const pairs: ColumnPair[] = []
  const generated: ColumnPair[] = []
  const loose: Record<Side, Column[]> = { source: [], target: [] }
  const met = new Set<string>()
  for (const column of source.columns) {
    const to = targetOf.get(column.name)
    const other = to === undefined ? undefined : columnOf(target, to)
    if (other === undefined) {
      const isSettled = to !== undefined || column.generated || settings.ignore.source.has(column.name)
      if (!isSettled) withoutCounterpart('source', column)
      continue
    }
    met.add(other.name)
    const convert = settings.columns.get(column.name)?.convert ?? null
    const pair = { source: column, target: other, convert }
    if (column.generated && other.generated) {
      generated.push(pair)
    } else if (column.generated || other.generated) {
      const [made, plain, side] = column.generated
        ? [columnText(source, column.name), columnText(target, other.name), 'target']
        : [columnText(target, other.name), columnText(source, column.name), 'source']
      const name = column.generated ? other.name : column.name
      problems.error(
        'TW_COLUMN_UNMATCHED',
        column.name,
        `${made} is generated and so never written, but its counterpart ${plain} (${side}) is not`,
        `Make both generated, or put ${JSON.stringify(name)} into \`ignore.${side}\``,
      )
    } else if (settings.convert !== null && convert === null && !canCarryPair(pair, engine)) {
      loose.source.push(column)
      loose.target.push(other)
    } else {
      pairs.push(pair)
    }
  }
  for (const column of target.columns) {
    if (met.has(column.name) || column.generated || settings.ignore.target.has(column.name)) continue
    withoutCounterpart('target', column)
  }
  return { pairs, generated, loose, constants: ignored(settings, source, target, problems) }

  function withoutCounterpart(side: Side, column: Column): void {
    if (settings.convert !== null) {
      loose[side].push(column)
      return
    }
    const [own, other, otherSide] =
      side === 'source' ? [source, target, 'target'] : [target, source, 'source']
    const free = other.columns.map(({ name }) => name).filter((name) => columnOf(own, name) === undefined)
    const example =
      side === 'source'
        ? `columns: { ${JSON.stringify(column.name)}: ... }`
        : `columns: { ...: ${JSON.stringify(column.name)} }`
    problems.error(
      'TW_COLUMN_UNMATCHED',
      column.name,
      `${columnText(own, column.name)} (${side}) has no counterpart in ${tableText(other)} (${otherSide})`,
      `${didYouMean(column.name, free)}Map it with \`${example}\`, or put it into \`ignore.${side}\``,
    )
  }
}

/** Whether the two columns need no conversion of the user's. */
export function canCarryPair(
  { source, target }: Pick<ColumnPair, Side>,
  engine: Readonly<Record<Side, EngineName>>,
): boolean {
  return canCarry({ column: source, engine: engine.source }, { column: target, engine: engine.target })
}

/** Names in the config that do not exist or contradict each other. */
function checkNames(settings: TableSettings, source: Table, target: Table, problems: Problems): void {
  const tables = { source, target }
  const unknown = (side: Side, name: string, option: string): void => {
    const table = tables[side]
    if (columnOf(table, name) !== undefined) return
    const names = table.columns.map((column) => column.name)
    problems.error(
      'TW_COLUMN_UNKNOWN',
      name,
      `${tableText(table)} (${side}) has no column ${JSON.stringify(name)}, which \`${option}\` names`,
      `${didYouMean(name, names)}Its columns are ${names.map((known) => JSON.stringify(known)).join(', ')}`,
    )
  }
  const twice = (name: string, message: string): void =>
    problems.error('TW_CONFIG_INVALID', name, message, 'Keep one of the two')
  const from = new Map<string, string>()
  for (const [name, { to }] of settings.columns) {
    unknown('source', name, 'columns')
    unknown('target', to, 'columns')
    const other = from.get(to)
    if (other !== undefined) {
      twice(
        name,
        `columns ${JSON.stringify(other)} and ${JSON.stringify(name)} both go to ${columnText(target, to)} (target)`,
      )
    }
    from.set(to, name)
    if (settings.ignore.source.has(name))
      twice(name, `${columnText(source, name)} (source) is mapped and ignored`)
    if (settings.ignore.target.has(to)) twice(to, `${columnText(target, to)} (target) is mapped and ignored`)
  }
  for (const side of ['source', 'target'] as const) {
    for (const name of settings.ignore[side].keys()) unknown(side, name, `ignore.${side}`)
  }
}

/** Checks that rows can be inserted without the ignored columns; returns those that get a text. */
function ignored(
  settings: TableSettings,
  source: Table,
  target: Table,
  problems: Problems,
): Record<Side, ConstantColumn[]> {
  const constants: Record<Side, ConstantColumn[]> = { source: [], target: [] }
  for (const [side, table] of [
    ['source', source],
    ['target', target],
  ] as const) {
    for (const [name, text] of settings.ignore[side]) {
      const column = columnOf(table, name)
      if (column === undefined) continue
      if (text !== null && column.generated) {
        problems.error(
          'TW_CONFIG_INVALID',
          name,
          `${columnText(table, name)} (${side}) is generated, so \`ignore.${side}\` can give it no text`,
          `Ignore it without a text: \`${JSON.stringify(name)}: null\``,
        )
      } else if (text !== null && !isCanonical(column.kind, text)) {
        problems.error(
          'TW_CONFIG_INVALID',
          name,
          `${JSON.stringify(text)}, which \`ignore.${side}\` gives to ${columnText(table, name)} (${side}), is no canonical text of kind ${column.kind}`,
          'See ColumnKind for the form of the text',
        )
      } else if (text !== null) {
        constants[side].push({ column, text })
      } else if (!(column.nullable || column.hasDefault || column.counter || column.generated)) {
        problems.error(
          'TW_COLUMN_UNMATCHED',
          name,
          `${columnText(table, name)} (${side}) is ignored, but is NOT NULL without a default, so that no row could be inserted there`,
          `Give the text that applied rows get, \`ignore: { ${side}: { ${JSON.stringify(name)}: '...' } }\`, or give the column a default`,
        )
      }
    }
  }
  return constants
}

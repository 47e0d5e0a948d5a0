// Problems of column pairs (losses not accepted by name, in both directions, since the sides exchange their roles) and of unique keys
// that only the following side has.

import type { Column, Table } from '../catalog.ts'
import { otherSide, type Side } from '../stage.ts'
import { cautions, losses, ofEngines } from './lossy.ts'
import { counterpart, type MappedTable } from './mapped-table.ts'
import { canCarryPair, columnText, type ColumnPair } from './pair-columns.ts'
import type { Problems } from './problem.ts'
import { tableText } from './table-name.ts'

const sides: readonly Side[] = ['source', 'target']

export function validateColumns(mapped: MappedTable, problems: Problems): void {
  for (const pair of mapped.pairing.pairs) {
    if (pair.convert === null) validatePair(mapped, pair, problems)
  }
  for (const side of sides) {
    cautionsOfEngines(mapped, side, problems)
    validateUniques(mapped, side, problems)
  }
}

function validatePair(mapped: MappedTable, pair: ColumnPair, problems: Problems): void {
  const { source, target } = pair
  if (!canCarryPair(pair, mapped.engine)) {
    problems.error(
      'TW_TYPE_UNSUPPORTED',
      source.name,
      `${typed(mapped, 'source', source)} and ${typed(mapped, 'target', target)} have no text in common`,
      `Convert it with \`columns: { ${JSON.stringify(source.name)}: { to: ${JSON.stringify(target.name)}, up, down } }\`, or ignore both columns`,
    )
    return
  }
  if (mapped.settings.accept.has(source.name)) return
  const identifies = sides.some((side) => isInUniqueKey(mapped.table[side], pair[side].name))
  for (const from of sides) {
    const to = otherSide(from)
    const [given, taken] = [
      { column: pair[from], engine: mapped.engine[from] },
      { column: pair[to], engine: mapped.engine[to] },
    ]
    const lost = losses(given, taken, identifies)
    const way = `${typed(mapped, from, pair[from])} to ${typed(mapped, to, pair[to])}`
    if (lost.length > 0) {
      problems.error(
        'TW_TYPE_LOSSY',
        source.name,
        `${way} loses ${lost.join(' and ')}`,
        `Change one of the types, convert the column with \`up\` and \`down\`, or accept the loss with \`accept: [${JSON.stringify(source.name)}]\``,
      )
    }
    const refused = cautions(given, taken).filter((phrase) => !ofEngines.has(phrase))
    if (refused.length > 0) {
      problems.warning(
        'TW_TYPE_LOSSY',
        source.name,
        `${way}: rows with ${refused.join(' or ')} will be refused and blocked`,
        `Make sure that there are none, or convert the column; \`accept: [${JSON.stringify(source.name)}]\` silences this`,
      )
    }
  }
}

/** One for the whole table: it would be the same for nearly every column. */
function cautionsOfEngines(mapped: MappedTable, from: Side, problems: Problems): void {
  const to = otherSide(from)
  const { engine, settings } = mapped
  const found = new Map<string, string[]>()
  const named = new Set<string>()
  for (const pair of mapped.pairing.pairs) {
    if (pair.convert !== null || settings.accept.has(pair.source.name)) continue
    const [given, taken] = [
      { column: pair[from], engine: engine[from] },
      { column: pair[to], engine: engine[to] },
    ]
    for (const phrase of cautions(given, taken).filter((one) => ofEngines.has(one))) {
      found.set(phrase, [...(found.get(phrase) ?? []), pair[from].name])
      named.add(pair.source.name)
    }
  }
  if (found.size === 0) return
  const [here, there] = [from, to].map(
    (side) => `${tableText(mapped.table[side])} (${side}, ${engine[side]})`,
  )
  const refused = [...found].map(([phrase, names]) => `${phrase} in ${names.join(', ')}`)
  const accepted = [...named].map((name) => JSON.stringify(name)).join(', ')
  problems.warning(
    'TW_TYPE_LOSSY',
    undefined,
    `${here} to ${there}: rows with ${refused.join(' or ')} will be refused and blocked`,
    `Make sure that there are none, or convert the columns; \`accept: [${accepted}]\` silences this`,
  )
}

function typed(mapped: MappedTable, side: Side, column: Column): string {
  return `${columnText(mapped.table[side], column.name)} (${side}, ${mapped.engine[side]} ${column.type})`
}

function isInUniqueKey(table: Table, name: string): boolean {
  return table.key.includes(name) || table.uniques.some((unique) => unique.columns?.includes(name))
}

/** Unique keys of `side` that rows of the other side may violate, once `side` follows. */
function validateUniques(mapped: MappedTable, side: Side, problems: Problems): void {
  const [own, other] = [mapped.table[side], mapped.table[otherSide(side)]]
  const enforced = [other.key, ...other.uniques.map((unique) => unique.columns)].filter(
    (columns): columns is readonly string[] => columns !== null && columns.length > 0,
  )
  for (const { name, columns } of own.uniques) {
    if (columns === null) {
      const isTwin = mapped.engine.source === mapped.engine.target
      if (isTwin && other.uniques.some((unique) => unique.columns === null && unique.name === name)) continue
    } else {
      const there = new Set(columns.map((column) => counterpart(mapped, side, column)))
      if (enforced.some((set) => set.every((column) => there.has(column)))) continue
    }
    const over = columns === null ? 'an expression or a part of the rows' : columns.join(', ')
    problems.warning(
      'TW_KEY_MISMATCH',
      columns?.[0],
      `${tableText(own)} (${side}) has the unique key ${JSON.stringify(name)} over ${over}, which ${tableText(other)} (${otherSide(side)}) does not enforce`,
      `Rows that violate it will be refused and blocked; add the same unique key to ${tableText(other)}`,
    )
  }
}

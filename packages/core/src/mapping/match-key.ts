// The key of a mapping: each side's own key, since capture knows only its own side's catalog (see keyed-tables.ts). The two must be made
// of paired columns that hold the same texts; they stand in the order of their names in the source. Upholds W4.

import type { Column, EngineName, Table } from '../catalog.ts'
import type { Side } from '../stage.ts'
import { conversion } from './convert.ts'
import { orderedKey } from './keyed-tables.ts'
import { canCarryPair, type ColumnPair, columnText, type Pairing } from './pair-columns.ts'
import type { Problems } from './problem.ts'
import { tableText } from './table-name.ts'

/** The key's column pairs in the order of their source names; null when there is no usable key (then `problems` says why). */
export function matchKey(
  { source, target }: Readonly<Record<Side, Table>>,
  engine: Readonly<Record<Side, EngineName>>,
  pairing: Pairing,
  problems: Problems,
): readonly ColumnPair[] | null {
  if (source.key.length === 0) {
    problems.error(
      'TW_KEY_MISSING',
      undefined,
      `${tableText(source)} (source) has neither a primary key nor a unique key without nullable columns`,
      'Add a primary key, or leave the table out of the migration',
    )
    return null
  }
  const key: ColumnPair[] = []
  for (const name of orderedKey(source.key, new Map())) {
    const pair = pairing.pairs.find((candidate) => candidate.source.name === name)
    if (pair === undefined) {
      problems.error(
        'TW_KEY_MISMATCH',
        name,
        `key column ${columnText(source, name)} (source) has no counterpart in ${tableText(target)} (target) that travels`,
        `Map it with \`columns: { ${JSON.stringify(name)}: ... }\` to a column that is neither ignored nor generated`,
      )
      return null
    }
    const reason = changesText(pair, engine)
    if (reason !== null) {
      problems.error(
        'TW_KEY_MISMATCH',
        name,
        `key column ${columnText(source, name)} (source) must hold the same text as ${columnText(target, pair.target.name)} (target), but ${reason}`,
        'Give both columns types of one kind, and map them without `up` and `down`',
      )
      return null
    }
    key.push(pair)
  }
  const columns = key.map((pair) => pair.target.name)
  if (isSameSet(target.key, columns)) return key
  const over = `(${columns.join(', ')})`
  const isUnique = target.uniques.some(
    (unique) => unique.columns !== null && isSameSet(unique.columns, columns),
  )
  problems.error(
    'TW_KEY_MISMATCH',
    columns[0],
    `the key of ${tableText(source)} (source) goes to ${over} of ${tableText(target)} (target), whose key is ${target.key.length === 0 ? 'missing' : `(${target.key.join(', ')})`}`,
    isUnique
      ? `${over} is a unique key there; make it the primary key, since each side finds rows by its own key`
      : `Make ${over} the primary key of ${tableText(target)} (or a unique key with NOT NULL on each column, where it has no other key)`,
  )
  return null
}

function changesText(pair: ColumnPair, engine: Readonly<Record<Side, EngineName>>): string | null {
  const { source, target, convert } = pair
  if (convert !== null) return 'is converted by `up` and `down`'
  if (isSpelled(source, engine.source) || isSpelled(target, engine.target))
    return 'SQLite finds JSON only in the words in which it was written, which are not carried'
  const isSame =
    canCarryPair(pair, engine) && conversion(source, target) === null && conversion(target, source) === null
  return isSame ? null : `${source.type} and ${target.type} have different canonical texts`
}

const isSpelled = ({ kind }: Column, engine: EngineName): boolean => kind === 'json' && engine === 'sqlite'

function isSameSet(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((name) => right.includes(name))
}

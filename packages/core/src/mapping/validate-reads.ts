// Columns in `reads.shadow.ignore` that are none, most often a misspelling: the real column would be compared.

import { ignoredColumns, plainName } from '../reads/read-names.ts'
import type { ReadSettings } from '../reads/read-options.ts'
import type { MappedTable } from './mapped-table.ts'
import type { Problems } from './problem.ts'
import { didYouMean } from './suggest.ts'
import { tableText } from './table-name.ts'

export function validateReads(
  { name, table }: MappedTable,
  reads: ReadSettings | null,
  problems: Problems,
): void {
  const { source } = table
  const columns = source.columns.map((column) => column.name)
  const known = new Set(columns.map(plainName))
  for (const { rule, table: of, column } of ignoredColumns(reads?.shadow?.ignore ?? [])) {
    if (of !== name || known.has(plainName(column))) continue
    problems.error(
      'TW_COLUMN_UNKNOWN',
      column,
      `\`reads.shadow.ignore\` names ${JSON.stringify(rule)}, which is no column of ${tableText(source)} (source)`,
      `${didYouMean(column, columns)}Correct the name`,
    )
  }
}

// Names in `accept` that accept nothing, most often a misspelling that would leave the real name unaccepted.

import { columnOf } from '../catalog.ts'
import type { MappedTable } from './mapped-table.ts'
import type { Problems } from './problem.ts'
import { didYouMean } from './suggest.ts'
import { tableText } from './table-name.ts'

export function validateAccept(mapped: MappedTable, problems: Problems): void {
  const { source, target } = mapped.table
  const known: string[] = []
  for (const { triggers, foreignKeys, referencedBy } of [source, target]) {
    for (const trigger of triggers) known.push(`trigger:${trigger.name}`)
    for (const key of [...foreignKeys, ...referencedBy]) known.push(`foreign-key:${key.name}`)
  }
  const columns = source.columns.map((column) => column.name)
  for (const name of mapped.settings.accept) {
    if (columns.includes(name) || known.includes(name)) continue
    if (name.startsWith('trigger:') || name.startsWith('foreign-key:')) {
      // The trigger or foreign key may have been dropped since: nothing is left to accept.
      problems.warning(
        'TW_CONFIG_INVALID',
        undefined,
        `\`accept\` of ${mapped.name} names ${JSON.stringify(name)}, which neither ${tableText(source)} (source) nor ${tableText(target)} (target) has`,
        `${didYouMean(name, known)}Take the name out of \`accept\``,
      )
    } else {
      const isTarget = columnOf(target, name) !== undefined
      problems.error(
        'TW_COLUMN_UNKNOWN',
        name,
        `\`accept\` of ${mapped.name} names ${JSON.stringify(name)}, which is no column of ${tableText(source)} (source)`,
        isTarget
          ? 'Name the source column of the pair'
          : `${didYouMean(name, [...columns, ...known])}Correct the name`,
      )
    }
  }
}

// Two mapped tables of which one is a partition, child or parent of the other hold the same rows: a write of the one would have to be
// captured for the other, too. Upholds W10.

import type { Side } from '../stage.ts'
import { findTable } from './find-table.ts'
import type { MappedTable } from './mapped-table.ts'
import { type MappingProblem, Problems } from './problem.ts'
import { tableText } from './table-name.ts'

const sides: readonly Side[] = ['source', 'target']

export function validateOtherNames(tables: readonly MappedTable[]): MappingProblem[] {
  return tables.flatMap(({ name, table, engine }) => {
    const problems = new Problems(name)
    for (const side of sides) {
      for (const other of tables) {
        const related = table[side].writableThrough.some(
          (ref) => findTable([other.table[side]], ref, engine[side]) !== undefined,
        )
        if (!related) continue
        problems.error(
          'TW_TABLE_TWICE',
          undefined,
          `${tableText(other.table[side])} (${side}), which is mapped as ${JSON.stringify(other.name)}, holds rows of ${tableText(table[side])}`,
          'Map the table at the top alone, which holds the rows of its partitions and children',
        )
      }
    }
    return problems.found
  })
}

// Problems of what a database does by itself: triggers, foreign-key actions, and foreign keys that only one side has. Capture expands an
// action only where both ends are mapped, and apply relies on equal foreign keys. Upholds W3, W10.

import type { ForeignKey, ReferentialAction, Table, TableRef } from '../catalog.ts'
import { otherSide, type Side } from '../stage.ts'
import { counterpart, type MappedTable } from './mapped-table.ts'
import { Problems } from './problem.ts'
import type { MappingProblem } from './problem.ts'
import { sameTable, tableText } from './table-name.ts'

const sides: readonly Side[] = ['source', 'target']

export function validateTriggers(mapped: MappedTable, problems: Problems): void {
  for (const side of sides) {
    for (const trigger of mapped.table[side].triggers) {
      if (mapped.settings.accept.has(`trigger:${trigger.name}`)) continue
      problems.error(
        'TW_TRIGGER_UNCOVERED',
        undefined,
        `${tableText(mapped.table[side])} (${side}) has the trigger ${JSON.stringify(trigger.name)} (${trigger.timing} ${trigger.event}), which may write rows that capture cannot see, or change applied rows`,
        `Drop the trigger for the time of the migration, or accept it with \`accept: [${JSON.stringify(`trigger:${trigger.name}`)}]\``,
      )
    }
  }
}

/**
 * Foreign keys of all mapped tables; a foreign key between two of them is judged once.
 * @param alone mapped tables whose counterpart is not there: their foreign keys are judged when it is
 */
export function validateForeignKeys(
  tables: readonly MappedTable[],
  alone: Readonly<Record<Side, readonly Table[]>>,
): MappingProblem[] {
  return sides.flatMap((side) =>
    foreignKeysOf(tables, side)
      .filter(
        ({ child, parent }) => !alone[side].some((one) => sameTable(one, child) || sameTable(one, parent)),
      )
      .flatMap((key) => validateForeignKey(tables, side, key)),
  )
}

function foreignKeysOf(tables: readonly MappedTable[], side: Side): ForeignKey[] {
  const byName = new Map<string, ForeignKey>()
  for (const { table } of tables) {
    for (const key of [...table[side].foreignKeys, ...table[side].referencedBy]) {
      byName.set(JSON.stringify([key.child.schema, key.child.name, key.name]), key)
    }
  }
  return [...byName.values()]
}

function validateForeignKey(tables: readonly MappedTable[], side: Side, key: ForeignKey): MappingProblem[] {
  const child = mappingOf(tables, side, key.child)
  const parent = mappingOf(tables, side, key.parent)
  const mapped = child ?? parent
  const name = `foreign-key:${key.name}`
  if (mapped === undefined || child?.settings.accept.has(name) || parent?.settings.accept.has(name)) return []
  const problems = new Problems(mapped.name)
  const actions = [actionText('DELETE', key.onDelete), actionText('UPDATE', key.onUpdate)].filter(
    (text) => text !== null,
  )
  const what = `foreign key ${JSON.stringify(key.name)} of ${tableText(key.child)} to ${tableText(key.parent)} (${side}${actions.length > 0 ? `, ${actions.join(', ')}` : ''})`
  const accept = `accept it with \`accept: [${JSON.stringify(name)}]\``
  if (child === undefined || parent === undefined) {
    const left = tableText(child === undefined ? key.child : key.parent)
    if (actions.length > 0) {
      problems.error(
        'TW_FOREIGN_KEY_UNCOVERED',
        undefined,
        `${what} changes rows by itself, and ${left} is not mapped, so that capture cannot follow`,
        `Map ${left} too, or ${accept}`,
      )
    } else {
      problems.warning(
        'TW_FOREIGN_KEY_UNCOVERED',
        undefined,
        `${what} ties mapped rows to ${left}, which is not mapped: applied rows may be refused and blocked`,
        `Map ${left} too, or fill it on both sides and ${accept}`,
      )
    }
  } else if (!hasEqual(child, parent, side, key)) {
    const other = `${tableText(child.table[otherSide(side)])} (${otherSide(side)})`
    if (actions.length > 0) {
      problems.error(
        'TW_FOREIGN_KEY_UNCOVERED',
        undefined,
        `${what} has no equal on ${other}, so that its actions would change rows on one side only`,
        `Add the same foreign key to ${other}, drop this one, or ${accept}`,
      )
    } else {
      problems.warning(
        'TW_FOREIGN_KEY_UNCOVERED',
        undefined,
        `${what} has no equal on ${other}: applied rows without parent will be refused and blocked`,
        `Add the same foreign key to ${other}, or ${accept}`,
      )
    }
  }
  return problems.found
}

function mappingOf(tables: readonly MappedTable[], side: Side, ref: TableRef): MappedTable | undefined {
  return tables.find(({ table }) => sameTable(table[side], ref))
}

const changing: ReadonlySet<ReferentialAction> = new Set<ReferentialAction>([
  'cascade',
  'set null',
  'set default',
])

function actionText(event: string, action: ReferentialAction): string | null {
  return changing.has(action) ? `ON ${event} ${action.toUpperCase()}` : null
}

/** Whether the other side ties the same columns of the same mappings together; the actions may differ. */
function hasEqual(child: MappedTable, parent: MappedTable, side: Side, key: ForeignKey): boolean {
  const other = otherSide(side)
  const ties = key.childColumns.map((column, index) =>
    tie(counterpart(child, side, column), counterpart(parent, side, key.parentColumns[index] ?? '')),
  )
  return child.table[other].foreignKeys.some((candidate) => {
    if (!isParent(parent.table[other], candidate) || candidate.childColumns.length !== ties.length)
      return false
    return candidate.childColumns.every((column, index) =>
      ties.includes(tie(column, candidate.parentColumns[index])),
    )
  })
}

function isParent(table: Table, key: ForeignKey): boolean {
  return sameTable(table, key.parent)
}

function tie(childColumn: string | undefined, parentColumn: string | undefined): string {
  return JSON.stringify([childColumn, parentColumn])
}

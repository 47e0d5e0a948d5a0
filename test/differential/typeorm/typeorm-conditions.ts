// Conditions and orders of programs as TypeORM takes them.

import type { FindOptionsWhere, ObjectLiteral } from 'typeorm'
import { compared, type Compared } from '../../conformance/subject.ts'
import { whereOf } from '../../conformance/typeorm/typeorm-subject.ts'
import type { Where } from '../program.ts'
import { tablesOn } from '../tables.ts'

export function conditionsOf(where: Where): FindOptionsWhere<ObjectLiteral> {
  return whereOf(
    Object.fromEntries(
      Object.entries(where).map(([name, condition]) => [
        name,
        Array.isArray(condition) ? compared(condition[0] as Compared['op'], condition[1]) : condition,
      ]),
    ),
  )
}

export function keyOf(table: string): readonly string[] {
  const found = tablesOn('postgres').find(({ source }) => source === table)
  if (found === undefined) throw new Error(`there is no table ${table}`)
  return found.key
}

export const inKeyOrder = (table: string): Record<string, 'ASC'> =>
  Object.fromEntries(keyOf(table).map((name) => [name, 'ASC']))

// Parents before their children, so that few rows must be taken in because another one refers to them.

import { type Direction, parentsFirst, type TableRef } from '@twinwrite/core'

export function inLoadOrder({ tables }: Direction, names: readonly string[]): string[] {
  return parentsFirst(names, (name) =>
    tables
      .get(name)!
      .to.table.foreignKeys.map(({ parent }) =>
        names.find((other) => isSame(tables.get(other)!.to.table, parent)),
      ),
  )
}

function isSame(left: TableRef, right: TableRef): boolean {
  return left.schema === right.schema && left.name === right.name
}

// For tests: a column of which only what matters is told.

import type { Column, ColumnKind } from '@twinwrite/core'

export function column(name: string, kind: ColumnKind, more: Partial<Column> = {}): Column {
  return {
    name,
    type: kind,
    kind,
    nullable: false,
    generated: false,
    counter: false,
    identityAlways: false,
    hasDefault: false,
    range: null,
    length: null,
    precision: null,
    scale: null,
    foldsText: false,
    labels: null,
    ...more,
  }
}

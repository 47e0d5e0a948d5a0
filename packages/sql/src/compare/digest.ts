// Digests that a server makes of its rows. Equal digests must mean equal rows, so each has 64 bits and covers every bit of every value.

import type { Column } from '@twinwrite/core'

export interface Digest {
  /** SQL of what a column (alias `t`) adds to its row's digest; null where its counterpart, `other`, would add something else. */
  part(column: Column, other: Column): string | null
  /** SQL of 64 bits. */
  row(parts: readonly string[]): string
  /** SQL of one digest for the digests of many rows, in whatever order. */
  all(row: string): string
}

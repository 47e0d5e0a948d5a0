// Rows named on a command line: `orders:17,18,customers:ann`. A key is the canonical text that reports show.

import type { Key } from '@twinwrite/core'
import { UsageError } from './exit-code.ts'

/** @param tables names of the mappings: only these may stand before a colon, which keys may hold too */
export function keysOf(text: string, tables: readonly string[]): Record<string, readonly Key[]> {
  const keys: Record<string, Key[]> = {}
  let table: string | undefined
  for (const part of text.split(/(?<!\\),/).map((one) => one.replaceAll('\\,', ','))) {
    const named = tables.find((name) => part.startsWith(`${name}:`))
    table = named ?? table
    if (table === undefined)
      throw new UsageError(
        `${JSON.stringify(part)} names no row; write TABLE:KEY with one of ${tables.join(', ')}`,
      )
    ;(keys[table] ??= []).push(named === undefined ? part : part.slice(named.length + 1))
  }
  return keys
}

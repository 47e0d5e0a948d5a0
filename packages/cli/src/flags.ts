// Flags that several commands take, and how their texts are read.

import { UsageError } from './exit-code.ts'

export function wholeNumber(text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number > 0) return number
  throw new UsageError(`${JSON.stringify(text)} is no whole number above 0`)
}

export const tablesFlag = {
  kind: 'parsed',
  parse: (text: string): readonly string[] => text.split(',').map((name) => name.trim()),
  optional: true,
  placeholder: 'TABLE,...',
  brief: 'Mappings (default: all)',
} as const

export const dryRunFlag = (brief: string) =>
  ({ kind: 'boolean', default: false, brief, withNegated: false }) as const

/** @throws UsageError where one of them is no mapping */
export function requireMapped(tables: readonly string[] | undefined, mappings: readonly string[]): void {
  const unknown = (tables ?? []).filter((table) => !mappings.includes(table))
  if (unknown.length === 0) return
  const names = unknown.map((table) => JSON.stringify(table)).join(', ')
  throw new UsageError(`--tables: no table is mapped as ${names}; there are ${mappings.join(', ')}`)
}

/** A number that may be left out. */
export const numberFlag = (placeholder: string, brief: string) =>
  ({ kind: 'parsed', parse: wholeNumber, optional: true, placeholder, brief }) as const

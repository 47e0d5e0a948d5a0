// Tables and columns that the option `reads` names. A wrong name would ignore nothing, or keep a table out of the ramp for ever.

import { didYouMean } from '../mapping/suggest.ts'
import type { ReadSettings } from './read-options.ts'

export interface IgnoredColumn {
  /** As the user wrote it. */
  readonly rule: string
  readonly table: string
  readonly column: string
}

/** The rules of `ignore` that name columns: `orders.total`, `sales.orders.total`. */
export function ignoredColumns(
  ignore: NonNullable<ReadSettings['shadow']>['ignore'],
): readonly IgnoredColumn[] {
  if (typeof ignore === 'function') return []
  return ignore.map((rule) => {
    const point = rule.lastIndexOf('.')
    return { rule, table: rule.slice(0, point), column: rule.slice(point + 1) }
  })
}

/** Columns are written as `created_at`, properties as `createdAt`. */
export function plainName(name: string): string {
  return name.replaceAll('_', '').toLowerCase()
}

/** Tables that are not mapped, each with the option that names it. */
export function unmappedReads(
  reads: ReadSettings | null,
  mapped: ReadonlyMap<string, unknown>,
): { readonly path: string[]; readonly message: string }[] {
  const rules = reads?.shadow ? ignoredColumns(reads.shadow.ignore) : []
  const named = [
    ...rules.map(({ rule, table }) => ({ path: ['reads', 'shadow', 'ignore'], given: rule, table })),
    ...(reads?.ramp?.tables ?? []).map((table) => ({
      path: ['reads', 'ramp', 'tables'],
      given: table,
      table,
    })),
  ]
  const names = [...mapped.keys()]
  return named
    .filter(({ table }) => !mapped.has(table))
    .map(({ path, given, table }) => ({
      path,
      message: `${JSON.stringify(given)} names no mapped table. ${didYouMean(table, names)}Mapped are ${names.join(', ')}`,
    }))
}

// How reads use the side that follows: sampled shadow reads, and a ramp that lets a part of the reads go there first.

import { z } from 'zod'
import { flag, functionOf, milliseconds, options, wholeNumber } from '../mapping/option-schema.ts'

/** One difference between two answers. */
export interface ReadDifference {
  /** Query text without values, or model and operation. */
  readonly shape: string
  /** Where in the answer, e.g. `[3].total`. */
  readonly path: string
  readonly primary: string
  readonly secondary: string
}

export interface ShadowOptions {
  /** Part of the reads that also run on the other side, 0 to 1. */
  readonly rate: number
  /**
   * Columns that may differ, as `table.column` by the source's names, or a function that says whether a difference is to be ignored.
   * A column is known by its name in the answer of any read of its table.
   */
  readonly ignore?: readonly string[] | ((difference: ReadDifference) => boolean)
  /** Whether rows may come in another order even where the query says one. Default: false. */
  readonly unordered?: boolean
  /** Most shadow reads of this process at once; a sample beyond it is skipped. Default: 2. */
  readonly concurrency?: number
  /** Longest time (ms) of one shadow read. Default: 1000. */
  readonly timeoutMs?: number
  /** Rest (ms) after the journal has drained, before a read that differed runs again. Default: 50. */
  readonly settleMs?: number
  /** Whether `status()` and events show the values that differ. Default: false. */
  readonly showValues?: boolean
}

export interface RampOptions {
  /** Part of the reads that go to the target first while the source is primary, 0 to 100. `rampReads` changes it at run time. */
  readonly percent: number
  /** Reads of one key go one way, e.g. `() => context.getStore()?.tenant`. Undefined, or left out: chosen at random. */
  readonly by?: () => string | number | undefined
  /** Longest wait (ms) for the target before the source is asked. Default: 200. */
  readonly timeoutMs?: number
  /** Largest lag (ms) with which the target may answer. Default: 1000. */
  readonly lagMs?: number
  /** Mappings whose reads tolerate a little lag. Default: all. */
  readonly tables?: readonly string[]
}

export interface ReadOptions {
  readonly shadow?: ShadowOptions
  readonly ramp?: RampOptions
}

export interface ShadowSettings {
  readonly rate: number
  readonly ignore: readonly string[] | ((difference: ReadDifference) => boolean)
  readonly unordered: boolean
  readonly concurrency: number
  readonly timeoutMs: number
  readonly settleMs: number
  readonly showValues: boolean
}

export interface RampSettings {
  readonly percent: number
  readonly by: (() => string | number | undefined) | null
  readonly timeoutMs: number
  readonly lagMs: number
  readonly tables: readonly string[] | null
}

export interface ReadSettings {
  readonly shadow: ShadowSettings | null
  readonly ramp: RampSettings | null
}

const column = 'the name of a column, "orders.total"'
const rules = 'an array of "table.column", or a function (difference) => boolean'
const tables = 'an array of names of mapped tables'

export function isPercent(percent: unknown): percent is number {
  return typeof percent === 'number' && percent >= 0 && percent <= 100
}

export const percentForm = 'a number from 0 to 100'

const shadow = options(
  {
    rate: z
      .number({ error: 'a number from 0 to 1' })
      .min(0, { error: 'a number from 0 to 1' })
      .max(1, { error: 'a number from 0 to 1' }),
    ignore: z
      .union(
        [
          z.array(z.string({ error: column }).regex(/^.+\..+$/, { error: column })),
          functionOf<(difference: ReadDifference) => boolean>('(difference) => boolean'),
        ],
        { error: rules },
      )
      .default([]),
    unordered: flag().default(false),
    concurrency: wholeNumber('shadow reads at once', 1, 64).default(2),
    timeoutMs: milliseconds(1).default(1000),
    settleMs: milliseconds(0).default(50),
    showValues: flag().default(false),
  },
  'an object { rate, ignore?, unordered?, concurrency?, timeoutMs?, settleMs?, showValues? }',
)

const ramp = options(
  {
    percent: z.custom<number>(isPercent, { error: percentForm }),
    by: functionOf<() => string | number | undefined>('() => key').nullable().default(null),
    timeoutMs: milliseconds(1).default(200),
    lagMs: milliseconds(0).default(1000),
    tables: z
      .array(z.string({ error: tables }), { error: tables })
      .nullable()
      .default(null),
  },
  'an object { percent, by?, timeoutMs?, lagMs?, tables? }',
)

/** Schema of the option `reads`. */
export const readShape = options(
  { shadow: shadow.nullable().default(null), ramp: ramp.nullable().default(null) },
  'an object { shadow?, ramp? }',
)
  .nullable()
  .default(null)

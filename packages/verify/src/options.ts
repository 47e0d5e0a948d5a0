// What may be said to a verification. Upholds W14: nothing here becomes SQL except names that the catalog knows.

import { type ConnectionSpec, type Direction, type Key, type Side, TwinwriteError } from '@twinwrite/core'

/**
 * - `full`: every row of the primary, and every row that only the secondary has
 * - `incremental`: rows written since the last time, by a column that says when
 * - `keys`: the rows that are named
 * - `sample`: rows here and there
 */
export type VerifyMode = 'full' | 'incremental' | 'keys' | 'sample'

export interface VerifyOptions {
  readonly mode?: VerifyMode
  /** Mappings; all when left out. */
  readonly tables?: readonly string[]
  /** Mode `full`: also looks for rows that only the secondary has. Default true. */
  readonly reverse?: boolean
  /** Mode `incremental`: column of the primary that says when a row was written, by mapping or for all of them. */
  readonly updatedAt?: string | Readonly<Record<string, string>>
  /** Mode `incremental`: milliseconds by which a clock of the app may lag behind the database's. Default a minute. */
  readonly overlapMs?: number
  /** Mode `keys`: rows by mapping. */
  readonly keys?: Readonly<Record<string, readonly Key[]>>
  /** Mode `sample`: rows of each table. Default 1000. */
  readonly sample?: number
  /** Read replicas for the first look; the second one is always on the two servers that take writes. */
  readonly replicas?: Partial<Record<Side, ConnectionSpec>>
  /** Tables at a time, or ranges of one table. Default 2. */
  readonly parallel?: number
  /** Milliseconds that one chunk should take. Default 200. */
  readonly chunkMs?: number
  readonly rowsPerSecond?: number
  /** Waits while the oldest journal entry is older. Default 10 000 ms. */
  readonly maxLagMs?: number
  /** Columns (`table.column`, names of either side) whose values are never shown or stored, only a hash. */
  readonly mask?: readonly string[]
  /** Mismatches that the report shows; all are counted and stored. Default 1000. */
  readonly show?: number
  /** Repairs what was confirmed. */
  readonly repair?: boolean
  /**
   * Mode `full`, both ways and without replicas: a clean end settles the table marks that were there when the run began. It goes on
   * only with a run that was to do so, too.
   */
  readonly settleMarks?: boolean
}

export type Settings = Required<Omit<VerifyOptions, 'tables' | 'rowsPerSecond'>> & {
  readonly tables: readonly string[]
  readonly rowsPerSecond: number | null
}

/** @throws TwinwriteError `TW_CONFIG_INVALID` */
export function settled(options: VerifyOptions, direction: Direction): Settings {
  const known = [...direction.tables.keys()]
  const mode = options.mode ?? 'full'
  const named = options.tables ?? (mode === 'keys' ? Object.keys(options.keys ?? {}) : known)
  for (const table of named) if (!known.includes(table)) throw unknown(table, known)
  for (const option of [
    'parallel',
    'chunkMs',
    'rowsPerSecond',
    'maxLagMs',
    'overlapMs',
    'sample',
    'show',
  ] as const)
    positive(option, options[option])
  if (mode === 'incremental' && options.updatedAt === undefined)
    throw invalid('mode "incremental" needs `updatedAt`', 'Name the column that says when a row was written.')
  if (options.settleMarks === true && !comparesAll(options))
    throw invalid(
      '`settleMarks` needs mode "full", `reverse` and no `replicas`',
      'A mark stands for any rows of its table, as the primary has them now.',
    )
  return {
    mode,
    tables: [...new Set(named)],
    reverse: options.reverse ?? true,
    updatedAt: options.updatedAt ?? {},
    overlapMs: options.overlapMs ?? 60_000,
    keys: options.keys ?? {},
    sample: options.sample ?? 1000,
    replicas: options.replicas ?? {},
    parallel: options.parallel ?? 2,
    chunkMs: options.chunkMs ?? 200,
    rowsPerSecond: options.rowsPerSecond ?? null,
    maxLagMs: options.maxLagMs ?? 10_000,
    mask: options.mask ?? [],
    show: options.show ?? 1000,
    repair: options.repair ?? false,
    settleMarks: options.settleMarks ?? false,
  }
}

function comparesAll({ mode = 'full', reverse = true, replicas = {} }: VerifyOptions): boolean {
  return mode === 'full' && reverse && Object.keys(replicas).length === 0
}

function positive(option: string, given: number | undefined): void {
  if (given === undefined || (Number.isFinite(given) && given > 0)) return
  throw invalid(`\`${option}\` is ${given}`, 'Give a number above 0.')
}

function unknown(table: string, known: readonly string[]): TwinwriteError {
  return invalid(
    `no table is mapped as ${JSON.stringify(table)}`,
    `The mappings are ${known.map((name) => JSON.stringify(name)).join(', ')}.`,
  )
}

function invalid(message: string, hint: string): TwinwriteError {
  return new TwinwriteError('TW_CONFIG_INVALID', message, { hint })
}

// What a migration says in `twinwrite.config.ts` of its backfill and verification; flags of a command win over it.

import type { BackfillOptions } from '@twinwrite/backfill'
import type { Side } from '@twinwrite/core'
import type { VerifyOptions } from '@twinwrite/verify'
import { z } from 'zod'
import { type SideConfig, side } from './side-config.ts'

export interface BackfillSettings extends Pick<
  BackfillOptions,
  'where' | 'parallel' | 'chunkMs' | 'rowsPerSecond'
> {
  readonly throttle?: Pick<NonNullable<BackfillOptions['throttle']>, 'lagMs' | 'commitMs'> & {
    /** Read replicas of either side that must not fall behind. */
    readonly replicas?: readonly { readonly replica: SideConfig; readonly maxLagMs: number }[]
  }
}

export interface VerifySettings extends Pick<
  VerifyOptions,
  'mask' | 'updatedAt' | 'overlapMs' | 'maxLagMs' | 'parallel' | 'chunkMs' | 'rowsPerSecond'
> {
  /** Read replicas for the first look. */
  readonly replicas?: Partial<Record<Side, SideConfig>>
}

const aboveZero = 'a number above 0'
const positive = z.number({ error: aboveZero }).positive({ error: aboveZero }).optional()
const whole = z.int({ error: 'a whole number above 0' }).positive({ error: 'a whole number above 0' })
const part = 'a number from 0 to 1'
const sqlByTable = '{ table: SQL condition on the source }'
const columnByTable = 'the name of a column, or { table: column }'
const maskForm = 'an array of "table.column"'

const replicasForm = 'an array of { replica, maxLagMs }'
const replicaLimit = z.strictObject(
  { replica: side, maxLagMs: z.number({ error: aboveZero }).positive({ error: aboveZero }) },
  { error: 'an object { replica, maxLagMs }' },
)

export const backfillSettings = z.strictObject(
  {
    where: z
      .record(z.string(), z.string({ error: sqlByTable }).min(1, { error: sqlByTable }), {
        error: sqlByTable,
      })
      .optional(),
    parallel: whole.optional(),
    chunkMs: positive,
    rowsPerSecond: positive,
    throttle: z
      .strictObject(
        {
          lagMs: positive,
          commitMs: positive,
          replicas: z.array(replicaLimit, { error: replicasForm }).optional(),
        },
        { error: 'an object { lagMs, commitMs, replicas }' },
      )
      .optional(),
  },
  { error: 'an object { where, parallel, chunkMs, rowsPerSecond, throttle }' },
)

export const verifySettings = z.strictObject(
  {
    mask: z
      .array(z.string({ error: maskForm }).regex(/.\../, { error: maskForm }), { error: maskForm })
      .optional(),
    updatedAt: z.union([z.string(), z.record(z.string(), z.string())], { error: columnByTable }).optional(),
    overlapMs: positive,
    maxLagMs: positive,
    parallel: whole.optional(),
    chunkMs: positive,
    rowsPerSecond: positive,
    replicas: z
      .strictObject(
        { source: side.optional(), target: side.optional() },
        { error: 'an object { source, target }' },
      )
      .optional(),
  },
  {
    error: 'an object { mask, updatedAt, overlapMs, maxLagMs, parallel, chunkMs, rowsPerSecond, replicas }',
  },
)

const milliseconds = z.number({ error: 'milliseconds' }).nonnegative({ error: 'milliseconds' }).optional()

export const gateSettings = z.strictObject(
  {
    verifiedMs: milliseconds,
    lagMs: milliseconds,
    silentMs: milliseconds,
    readMismatches: z.number({ error: part }).min(0, { error: part }).max(1, { error: part }).optional(),
    readSamples: whole.optional(),
    readPeriodMs: milliseconds,
  },
  { error: 'an object { verifiedMs, lagMs, silentMs, readMismatches, readSamples, readPeriodMs }' },
)

export type ResolvedBackfillSettings = z.output<typeof backfillSettings>
export type ResolvedVerifySettings = z.output<typeof verifySettings>

/** Mappings that the settings name, with the place where each stands. */
export function namedTables(
  backfill: ResolvedBackfillSettings,
  verify: ResolvedVerifySettings,
): readonly { readonly path: string[]; readonly table: string }[] {
  const { updatedAt } = verify
  return [
    ...Object.keys(backfill.where ?? {}).map((table) => ({ path: ['backfill', 'where', table], table })),
    ...(typeof updatedAt === 'object' ? Object.keys(updatedAt) : []).map((table) => ({
      path: ['verify', 'updatedAt', table],
      table,
    })),
    ...(verify.mask ?? []).map((column, index) => ({
      path: ['verify', 'mask', String(index)],
      table: column.slice(0, column.lastIndexOf('.')),
    })),
  ]
}

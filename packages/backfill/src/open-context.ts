// All that the parts of one run share, made of what was asked for.

import {
  AdaptiveSize,
  type Brake,
  type Direction,
  lagBrake,
  replicaBrake,
  type RunningMigration,
  Throttle,
  TwinwriteError,
} from '@twinwrite/core'
import { Clashes } from './clashes.ts'
import { commitBrake } from './commit-brake.ts'
import type { RunContext } from './context.ts'
import { Notes } from './notes.ts'
import { type BackfillOptions, defaults, fastPatience } from './options.ts'

/** Most chunks at once, whatever is wanted later. */
export const mostParallel = 16

/** Opens no connection yet; the caller closes it. */
export function openContext(
  migration: RunningMigration,
  direction: Direction,
  options: BackfillOptions,
  run: Pick<RunContext, 'progress' | 'signal' | 'parallel'>,
): RunContext {
  const load = migration.loadOptions
  const { primarySide, primary, secondary } = direction
  const { chunkMs = defaults.chunkMs, rowsPerSecond = null } = options
  const size = (targetMs: number): AdaptiveSize =>
    new AdaptiveSize({ targetMs, ...defaults.chunkRows, ...options.chunkRows })
  const limits = options.throttle?.replicas ?? []
  const asked = limits.map(({ replica, maxLagMs }) => ({ replica: migration.openReplica(replica), maxLagMs }))
  const replicas = asked.map(({ replica, maxLagMs }) => replicaBrake(replica, maxLagMs, load.clock))
  const brakes = [...replicas, ...brakesOf(direction, options, load.clock)]
  const lag = lagBrake(primary, options.throttle?.lagMs ?? defaults.lagMs)
  const from = migration.openBulk(primarySide, mostParallel + 2)
  const to = migration.openBulk(secondary.side, mostParallel + 2)
  const written = options.writtenSince === undefined ? null : migration.openRows(primarySide, 1)
  return {
    ...run,
    migration,
    direction,
    options,
    load,
    from,
    to,
    written,
    replicas,
    notes: new Notes(secondary, load),
    throttle: {
      secondary: new Throttle(load.clock, { rowsPerSecond, brakes: [lag, ...brakes] }),
      loading: new Throttle(load.clock, { rowsPerSecond, brakes }),
    },
    size: {
      loading: size(chunkMs * fastPatience),
      secondary: size(chunkMs),
      rows: size(chunkMs),
      keys: size(chunkMs),
    },
    clashes: new Clashes(),
    close: async () => {
      const all = [from, to, ...(written === null ? [] : [written]), ...asked.map(({ replica }) => replica)]
      await Promise.all(all.map((one) => one.close()))
    },
  }
}

/** @throws TwinwriteError `TW_TABLE_UNKNOWN` */
export function wantedTables({ tables }: Direction, { tables: wanted }: BackfillOptions): readonly string[] {
  for (const name of wanted ?? []) {
    if (!tables.has(name))
      throw new TwinwriteError('TW_TABLE_UNKNOWN', `no table is mapped as ${JSON.stringify(name)}`, {
        table: name,
      })
  }
  return [...new Set(wanted ?? tables.keys())]
}

function brakesOf(
  { primary, secondary }: Direction,
  { throttle = {} }: BackfillOptions,
  clock: RunContext['load']['clock'],
): readonly Brake[] {
  const { commitMs } = throttle
  return [
    ...(commitMs === undefined
      ? []
      : [primary, secondary].map((store) => commitBrake(store, commitMs, clock))),
    ...(throttle.brakes ?? []),
  ]
}

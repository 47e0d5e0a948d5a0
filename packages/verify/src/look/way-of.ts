// Which way a table is looked through: by what was asked, and by how its keys are ordered on both sides.

import {
  type Column,
  columnOf,
  type DirectedTable,
  type Direction,
  type EngineName,
  type SideRows,
  type Store,
  TwinwriteError,
} from '@twinwrite/core'
import type { Settings } from '../options.ts'
import { byBytes, mostValues } from './by-bytes.ts'
import { byKey } from './by-key.ts'
import { givenKeys } from './given-keys.ts'
import { incremental } from './incremental.ts'
import type { Look, LookContext, Position } from './look.ts'
import { ordersAlike } from './orders-alike.ts'
import { sample } from './sample.ts'
import { Watermark } from './watermark.ts'

export interface Way {
  readonly name: string
  /** Whether every row of the primary is met. */
  readonly wholeTable: boolean
  /** Rows of a chunk. */
  readonly mostRows: number
  look(size: () => number, from: Position): AsyncGenerator<Look>
}

export interface WayContext {
  readonly name: string
  readonly direction: Direction
  readonly settings: Settings
  /** Store in which watermarks are kept. */
  readonly keeper: Store
  readonly primary: SideRows
  readonly secondary: SideRows
  readonly bothWays: boolean
  lanes(): number
  /** Of the primary and of the secondary. */
  readonly engines: readonly [EngineName, EngineName]
}

/** Where rows pass by. */
const mostBytes = 200_000

export async function wayOf(context: WayContext): Promise<Way> {
  const { name, direction, settings, engines, keeper, ...sides } = context
  const table = direction.tables.get(name)!
  const through = (size: () => number): LookContext => ({
    ...sides,
    name,
    table,
    reverse: settings.reverse,
    size,
  })
  const { mode } = settings
  const some = { name: mode, wholeTable: false, mostRows: mostValues }
  if (mode === 'keys') {
    const keys = settings.keys[name] ?? []
    return { ...some, look: (size, from) => givenKeys(through(size), keys, from) }
  }
  if (mode === 'sample')
    return { ...some, look: (size, from) => sample(through(size), settings.sample, from) }
  if (mode === 'incremental') {
    const column = timeColumn(table, settings.updatedAt)
    const { primary } = direction
    const watermark = await Watermark.open({
      ...settings,
      name,
      column,
      primary,
      rows: context.primary,
      keeper,
    })
    return {
      ...some,
      look: (size, from) => incremental(through(size), column.name, watermark, from),
    }
  }
  const named = { wholeTable: true, name: wayName(table, settings, engines) }
  return named.name === 'range'
    ? { ...named, mostRows: mostBytes, look: (size, from) => byBytes(through(size), from) }
    : { ...named, mostRows: mostValues, look: (size, from) => byKey(through(size), from) }
}

/** The name that `wayOf` would give. @throws TwinwriteError `TW_COLUMN_UNKNOWN` */
export function wayName(
  table: DirectedTable,
  { mode, updatedAt }: Settings,
  engines: WayContext['engines'],
): string {
  if (mode === 'incremental') timeColumn(table, updatedAt)
  if (mode !== 'full') return mode
  return ordersAlike(table, engines) ? 'range' : 'key'
}

/** @throws TwinwriteError `TW_COLUMN_UNKNOWN` */
function timeColumn({ from }: DirectedTable, named: Settings['updatedAt']): Column {
  const name = typeof named === 'string' ? named : named[from.mapping]
  const found = name === undefined ? undefined : columnOf(from.table, name)
  if (found !== undefined && (found.kind === 'instant' || found.kind === 'datetime')) return found
  const what =
    name === undefined
      ? 'no column is named that says when a row was written'
      : `${JSON.stringify(name)} is no column of dates and times`
  throw new TwinwriteError('TW_COLUMN_UNKNOWN', `${from.mapping}: ${what}`, {
    table: from.mapping,
    hint: 'Name such a column in `updatedAt`, or leave the table out with `tables`: a full verify covers it.',
  })
}

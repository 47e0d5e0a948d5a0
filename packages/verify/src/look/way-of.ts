// Which way a table is looked through: by what was asked, and by how its keys are ordered on both sides.

import type { Direction, EngineName, SideRows } from '@twinwrite/core'
import type { Settings } from '../options.ts'
import { byKey } from './by-key.ts'
import { byRange } from './by-range.ts'
import type { Look, LookContext, Position } from './look.ts'
import { ordersAlike } from './orders-alike.ts'

export interface Way {
  readonly name: string
  /** Whether every row of the primary is met. */
  readonly wholeTable: boolean
  look(size: () => number, from: Position): AsyncGenerator<Look>
}

export interface WayContext {
  readonly name: string
  readonly direction: Direction
  readonly settings: Settings
  readonly primary: SideRows
  readonly secondary: SideRows
  readonly bothWays: boolean
  /** Of the primary and of the secondary. */
  readonly engines: readonly [EngineName, EngineName]
}

export async function wayOf(context: WayContext): Promise<Way> {
  const { name, direction, settings, engines, ...sides } = context
  const table = direction.tables.get(name)!
  const through = (size: () => number): LookContext => ({
    ...sides,
    name,
    table,
    reverse: settings.reverse,
    size,
  })
  const way = ordersAlike(table, engines) ? byRange : byKey
  return {
    name: way === byRange ? 'range' : 'key',
    wholeTable: true,
    look: (size, from) => way(through(size), from),
  }
}

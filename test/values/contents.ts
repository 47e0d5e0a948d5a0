// What stands in both sides' tables, as the oracle understands it.

import type { Side } from '@twinwrite/core'
import { type PlainSession, quoted } from '../conformance/plain-session.ts'
import type { Told } from './equal.ts'
import { type Group, sides } from './group.ts'
import { meaning } from './meaning.ts'
import { reading } from './reading.ts'

export type SideContents = ReadonlyMap<number, ReadonlyMap<string, Told | null>>
export interface Contents {
  readonly source: SideContents
  readonly target: SideContents
}

/** What stands in a group's tables. */
export async function contentsOf(
  plain: Readonly<Record<Side, PlainSession>>,
  group: Group,
): Promise<Contents> {
  const [source, target] = await Promise.all(sides.map((side) => sideContents(plain[side], side, group)))
  return { source: source!, target: target! }
}

export async function sideContents(
  plain: PlainSession,
  side: Side,
  group: Group,
  where = '',
): Promise<SideContents> {
  const { engine } = plain
  const list = group.columns.map(
    ({ name, forms }) => `, ${reading(engine, forms[side], quoted(engine, name))} AS ${name}`,
  )
  const rows = await plain.query(`SELECT id${list.join('')} FROM ${group.table} ${where}`)
  return new Map(
    rows.map((row) => [
      Number(row['id']),
      new Map(
        group.columns.map(({ name, forms, types }) => {
          const given = row[name] as string | null
          const form = forms[side]
          return [
            name,
            given === null ? null : { engine, form, meaning: meaning(engine, form, types[side], given) },
          ]
        }),
      ),
    ]),
  )
}

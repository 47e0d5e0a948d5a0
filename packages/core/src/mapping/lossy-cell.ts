// Short ways to write down columns of each engine, for the expectations of lossy.test.ts.

import type { Column, ColumnKind, EngineName } from '../catalog.ts'
import { column } from './catalog-fixture.ts'
import type { EngineColumn } from './lossy.ts'

/** Left column, right column, what is lost from left to right, what is lost from right to left. */
export type LossyCell = readonly [string, EngineColumn, EngineColumn, readonly string[], readonly string[]]

function at(engine: EngineName, kind: ColumnKind, more: Partial<Column> = {}): EngineColumn {
  return { engine, column: column('c', kind, more) }
}

export const pg = (kind: ColumnKind, more?: Partial<Column>): EngineColumn => at('postgres', kind, more)
export const my = (kind: ColumnKind, more?: Partial<Column>): EngineColumn => at('mysql', kind, more)
export const maria = (kind: ColumnKind, more?: Partial<Column>): EngineColumn => at('mariadb', kind, more)
export const lite = (kind: ColumnKind, more?: Partial<Column>): EngineColumn => at('sqlite', kind, more)

export const money = (precision: number, scale: number): Partial<Column> => ({
  type: `decimal(${precision},${scale})`,
  precision,
  scale,
})
export const varchar = (length: number | null): Partial<Column> => ({ type: `varchar(${length})`, length })
export const char = (length: number): Partial<Column> => ({ type: `char(${length})`, length })
export const binary = (length: number): Partial<Column> => ({ type: `binary(${length})`, length })
export const varbinary = (length: number): Partial<Column> => ({ type: `varbinary(${length})`, length })
export const bit = (length: number): Partial<Column> => ({ type: `bit(${length})` })
export const labels = (...names: string[]): Partial<Column> => ({ type: 'enum', labels: names })
export const scale = (digits: number): Partial<Column> => ({ scale: digits })

export const small: Partial<Column> = { type: 'smallint', range: { min: '-32768', max: '32767' } }
export const belowInt = 'integers below -2147483648'
export const aboveInt = 'integers above 2147483647'

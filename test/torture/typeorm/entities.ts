// The source's tables as TypeORM schemas; the target's are made of them and of the mapping.

import { EntitySchema, type EntitySchemaColumnOptions } from 'typeorm'

export interface ItemRow {
  id: string
  token: string
  note: string | null
  n: number
  parts: PartRow[]
}

export interface PartRow {
  id: string
  token: string
  item: ItemRow
}

export interface LinkRow {
  a: number
  b: string
  note: string | null
}

export interface CounterRow {
  id: number
  n: number
}

const id: EntitySchemaColumnOptions = { type: 'bigint', primary: true, generated: 'increment' }
const token: EntitySchemaColumnOptions = { type: 'varchar', length: 60, unique: true }
const note: EntitySchemaColumnOptions = { type: 'varchar', length: 60, nullable: true }

export const entities = {
  items: new EntitySchema<ItemRow>({
    name: 'items',
    columns: { id, token, note, n: { type: 'int' } },
    relations: {
      parts: { type: 'one-to-many', target: 'parts', inverseSide: 'item', cascade: ['insert'] },
    },
  }),
  parts: new EntitySchema<PartRow>({
    name: 'parts',
    columns: { id, token },
    relations: {
      item: {
        type: 'many-to-one',
        target: 'items',
        inverseSide: 'parts',
        nullable: false,
        joinColumn: { name: 'item_id' },
      },
    },
  }),
  links: new EntitySchema<LinkRow>({
    name: 'links',
    columns: {
      a: { type: 'int', primary: true },
      b: { type: 'varchar', length: 20, primary: true },
      note,
    },
  }),
  counters: new EntitySchema<CounterRow>({
    name: 'counters',
    columns: { id: { type: 'int', primary: true }, n: { type: 'int' } },
  }),
}

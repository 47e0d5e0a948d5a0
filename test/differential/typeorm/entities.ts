// The tables of the programs as TypeORM schemas, with what TypeORM adds to them: owners and their pets, slots that are given up.

import type { Engine } from '@twinwrite/testkit'
import { EntitySchema, type EntitySchemaColumnOptions, type EntitySchemaRelationOptions } from 'typeorm'
import { entitiesOf } from '../../conformance/typeorm/entities.ts'
import { goneColumn, tablesOn } from '../tables.ts'

type Relations = Record<string, EntitySchemaRelationOptions>

const relations: Readonly<Record<string, Relations>> = {
  owners: { pets: { type: 'one-to-many', target: 'pets', inverseSide: 'owner', cascade: true } },
  pets: {
    owner: {
      type: 'many-to-one',
      target: 'owners',
      inverseSide: 'pets',
      joinColumn: { name: 'ownerId', referencedColumnName: 'id' },
      nullable: false,
      cascade: ['insert', 'update'],
      onDelete: 'CASCADE',
      orphanedRowAction: 'delete',
    },
  },
}

/** Worked out by the database. */
const twice: EntitySchemaColumnOptions = { type: 'int', nullable: true, insert: false, update: false }

const logs = new EntitySchema<object>({
  name: 'logs',
  columns: { id: { type: 'int', primary: true }, n: { type: 'int', nullable: true } },
})

export function programEntities(engine: Engine): EntitySchema[] {
  const schemas = entitiesOf('source', engine, tablesOn(engine))
  for (const { options } of schemas) {
    const columns: Record<string, EntitySchemaColumnOptions | undefined> = options.columns
    if (options.name in relations) options.relations = relations[options.name]!
    if (options.name === 'items') columns['twice'] = twice
    const gone = columns[goneColumn]
    if (gone !== undefined) gone.deleteDate = true
  }
  return [...schemas, logs]
}

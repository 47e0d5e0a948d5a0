// The ORMs of the conformance command, by name.

export const ormNames = ['knex', 'prisma', 'typeorm'] as const
export type OrmName = (typeof ormNames)[number]

// Entities whose columns tell no type: TypeScript's compiler emits it for reflect-metadata, as in most TypeORM apps.

import { doubleWrite, twinwrite } from '@twinwrite/typeorm'
import { defineMigration } from '@twinwrite/sql'
import { freshDatabase } from '@twinwrite/testkit'
import { createRequire } from 'node:module'
import ts from 'typescript'
import { DataSource, type ObjectLiteral } from 'typeorm'
import { expect, it } from 'vitest'
import { optionsOf } from './fixture.ts'

const source = `
import { Column, CreateDateColumn, Entity, PrimaryGeneratedColumn } from 'typeorm'
@Entity()
export class Ticket {
  @PrimaryGeneratedColumn() id!: number
  @Column() title!: string
  @Column({ nullable: true }) seats!: number
  @Column({ default: false }) paid!: boolean
  @CreateDateColumn() madeAt!: Date
}`

function compiled(): new () => ObjectLiteral {
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2023,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      useDefineForClassFields: false,
    },
  })
  const made: { Ticket?: new () => ObjectLiteral } = {}
  // oxlint-disable-next-line no-implied-eval -- the compiler's own output
  new Function('exports', 'require', outputText)(made, createRequire(import.meta.url))
  return made.Ticket!
}

it('types come from the compiler, on both sides', async () => {
  const Ticket = compiled()
  const databases = await Promise.all([freshDatabase('mysql'), freshDatabase('postgres')])
  const options = databases.map((database) => ({ ...optionsOf(database), entities: [Ticket] }))
  for (const one of options)
    await (await new DataSource({ ...one, synchronize: true }).initialize()).destroy()
  const accept = ['id', 'title', 'seats', 'paid', 'madeAt']
  const db = await new DataSource(
    doubleWrite(options[0]!, {
      migration: defineMigration({ name: 'm', tables: { ticket: { accept } }, beatMs: 100, leaseMs: 300 }),
      target: options[1]!,
    }),
  ).initialize()
  try {
    const migration = twinwrite(db)
    await migration.install()
    const tickets = db.getRepository(Ticket)
    await tickets.save({ title: 'early', seats: 2 })
    await migration.setStage('source-first')
    await migration.load()
    await tickets.save({ title: 'late', paid: true })
    const before = await tickets.find({ order: { id: 'ASC' } })
    await migration.drain()
    await migration.switchStage('target-first')
    const after = await tickets.find({ order: { id: 'ASC' } })
    expect(after).toEqual(before)
    expect(after.map(({ title, seats, paid }) => [title, seats, paid])).toEqual([
      ['early', 2, false],
      ['late', null, true],
    ])
    expect(after[0]!['madeAt']).toBeInstanceOf(Date)
  } finally {
    await db.destroy()
    await Promise.all(databases.map((database) => database.drop()))
  }
})

// A small Nest application, whose one change is in the module that makes the data source.

import { Inject, Injectable, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { getDataSourceToken, getRepositoryToken, TypeOrmModule } from '@nestjs/typeorm'
import { doubleWrite, twinwrite } from '@twinwrite/typeorm'
import { defineMigration } from '@twinwrite/sql'
import { DataSource, type Repository } from 'typeorm'
import { expect, it } from 'vitest'
import { Audit, Member, moving } from './entities.ts'
import { openWorld } from './fixture.ts'

@Injectable()
class Members {
  readonly members: Repository<Member>
  readonly db: DataSource
  constructor(
    @Inject(getRepositoryToken(Member)) members: Repository<Member>,
    @Inject(getDataSourceToken()) db: DataSource,
  ) {
    this.members = members
    this.db = db
  }
  async join(login: string): Promise<void> {
    await this.members.save({ tenant: 1, login })
  }
  async promote(login: string): Promise<void> {
    await this.db.transaction((manager) => manager.increment(Member, { login }, 'level', 1))
  }
  levels(): Promise<Member[]> {
    return this.members.find({ order: { login: 'ASC' } })
  }
}

it('keeps its injected repositories over a switch', async () => {
  const world = await openWorld('mysql', 'postgres')

  @Module({
    imports: [
      TypeOrmModule.forRootAsync({
        useFactory: () => ({ ...world.source.options, synchronize: false, entities: [...moving, Audit] }),
        dataSourceFactory: (options) =>
          new DataSource(
            doubleWrite(options!, {
              migration: defineMigration({ name: 'shop', tables: world.tables, beatMs: 100, leaseMs: 300 }),
              target: {
                ...world.target.options,
                namingStrategy: undefined,
                entities: undefined,
              },
            }),
          ).initialize(),
      }),
      TypeOrmModule.forFeature([Member]),
    ],
    providers: [Members],
  })
  class App {
    readonly name = 'shop'
  }

  const app = await NestFactory.createApplicationContext(App, { logger: false })
  try {
    const members = app.get(Members)
    const migration = twinwrite(members.db)
    await migration.install()
    await members.join('ada')
    await migration.setStage('source-first')
    await migration.load()
    await members.promote('ada')
    await migration.drain()
    await migration.switchStage('target-first')
    await members.join('bob')
    await members.promote('bob')
    expect((await members.levels()).map(({ login, level }) => [login, level])).toEqual([
      ['ada', 2],
      ['bob', 2],
    ])
    await migration.drain()
    expect(await world.source.manager.count(Member)).toBe(2)
    expect(await world.target.manager.count(Member)).toBe(2)
  } finally {
    await app.close()
    await world.close()
  }
})
